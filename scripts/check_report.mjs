// What a browser says of the report: no error on the console, nothing fetched, every figure visible, no
// sideways scrolling of the page at the width of a desk or of a phone, and a PDF of it.
import { statSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import chromium from "@sparticuz/chromium";
import puppeteer from "puppeteer-core";

const address = `file://${resolve(process.argv[2])}`;
// Of a page that is taller the browser takes no picture.
const TALLEST = 16_000;
const folder = mkdtempSync(join(tmpdir(), "report-"));
const complaints = [];
const browser = await puppeteer.launch({
  args: chromium.args,
  executablePath: await chromium.executablePath(),
  headless: "shell",
});
const page = await browser.newPage();
page.on("console", (message) => complaints.push(`console: ${message.text()}`));
page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
page.on("request", (request) => {
  if (request.url() !== address) complaints.push(`fetches ${request.url()}`);
});
// The sliders by keyboard: what is said and drawn is what the rows have.
async function explore(scheme) {
  const rows = await page.$eval("#explorer-rows", (script) => JSON.parse(script.textContent));
  const said = () => page.$eval("#explorer output.said", (output) => output.textContent);
  const drawn = () => page.$eval("#explorer path.curve", (path) => path.getAttribute("d"));
  const [before, curve] = [await said(), await drawn()];
  const [, startStd] = rows.start;
  if (!before.includes("(Figure 1's)")) complaints.push(`the explorer begins with: ${before}`);
  await page.focus("#explorer-rate");
  await page.keyboard.press("Home");
  const lowest = rows.settings[0][startStd];
  const percent = (network) => `${(lowest[network].accuracy.at(-1) / 10).toFixed(1)} %`;
  const expected = `Learning rate ${rows.rates[0]}, standard deviation ${rows.stds[startStd]}`;
  const after = await said();
  for (const part of [expected, `${percent("with")} with BN`, `${percent("without")} without`]) {
    if (!after.includes(part)) complaints.push(`the explorer says '${after}', not '${part}'`);
  }
  if (await drawn() === curve) complaints.push("the explorer draws the same at another rate");
  await page.focus("#explorer-std");
  await page.keyboard.press("End");
  const widest = rows.settings[0].at(-1).without.accuracy.at(-1) / 10;
  const both = await said();
  if (!both.includes(`standard deviation ${rows.stds.at(-1)}`) || !both.includes(`${widest.toFixed(1)} % without`)) {
    complaints.push(`at the widest Gaussian the explorer says '${both}'`);
  }
  const name = await page.$eval("#explorer-rate", (slider) => `${slider.labels[0].textContent}: ${slider.ariaValueText ?? slider.getAttribute("aria-valuetext")}`);
  if (name !== `learning rate: learning rate ${rows.rates[0]}`) complaints.push(`a slider is called '${name}'`);
  await (await page.$("#explorer")).screenshot({ path: join(folder, `explorer-${scheme}.png`) });
}

// Without scripts: what each setting ends at.
async function withoutScripts() {
  const rates = await page.$eval("#explorer-rows", (script) => JSON.parse(script.textContent).rates.length);
  await page.setJavaScriptEnabled(false);
  await page.goto(address);
  const rows = await page.$$("#explorer noscript table tr:has(td)");
  if (rows.length !== rates) complaints.push(`without JavaScript the explorer has ${rows.length} rows, not ${rates}`);
  if (await (await page.$("#explorer figure")).isVisible()) complaints.push("sliders without a script");
  await (await page.$("#explorer")).screenshot({ path: join(folder, "explorer-without-scripts.png") });
  await page.setJavaScriptEnabled(true);
}

// Values under the pointer and by the arrow keys; the enlarged figure, its zoom, and the way back.
async function readAndZoom() {
  const figure = await page.$("main section:not(#explorer) > figure:has(circle > title)");
  const said = () => figure.$eval(".tools output", (output) => output.textContent);
  await figure.$eval("svg", (svg) => svg.scrollIntoView({ block: "center" }));
  const circle = await figure.$("circle:has(title)");
  const { x, y, width, height } = await circle.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  const hint = await circle.$eval("title", (title) => title.textContent);
  if (await said() !== hint) complaints.push(`under the pointer: '${await said()}', not '${hint}'`);
  await figure.$eval("svg", (svg) => svg.focus());
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  if (await said() === hint) complaints.push("the arrow keys go nowhere");
  await (await figure.$(".tools button")).click();
  const box = () => page.$eval("dialog svg", (svg) => svg.getAttribute("viewBox"));
  const whole = await box();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  const near = await box();
  for (const key of ["+", "+", "+", "PageUp", "PageUp", "PageUp"]) await page.keyboard.press(key);
  await checkScales();
  await page.screenshot({ path: join(folder, "enlarged.png") });
  await page.keyboard.press("0");
  if (near === whole || await box() !== whole) complaints.push(`zoom: ${whole}, ${near}, ${await box()}`);
  await page.keyboard.press("Escape");
  if (await page.$("dialog")) complaints.push("the enlarged figure stays");
  const nameless = await page.$$eval("button, input, a[href]", (all) =>
    all.filter((one) => !(one.textContent.trim() || one.ariaLabel || one.labels?.length)).length);
  if (nameless > 0) complaints.push(`${nameless} controls have no name`);
}

// Of the first plot, which alone is in sight: numbers at the sides that the drawing has, too, stand where it has them.
async function checkScales() {
  const { count, shared, apart } = await page.$eval("dialog svg", (svg) => {
    const plot = svg.querySelector("rect.plot").getBBox();
    const centers = (all) => all.map((text) => {
      const { x, y, width, height } = text.getBBox();
      return { text: text.textContent.trim(), x: x + width / 2, y: y + height / 2 };
    });
    const all = [...svg.querySelectorAll("text")];
    const scales = centers(all.filter((text) => text.closest(".scales")));
    const others = centers(all.filter((text) => !text.closest(".scales")));
    const own = others.filter(({ x, y }) => plot.x - 90 < x && x < plot.x + plot.width && plot.y < y + 20 && y < plot.y + plot.height + 60);
    const pairs = scales.flatMap((one) => own.filter(({ text }) => text === one.text).map((other) => [one, other]));
    const distance = (a, b) => Math.min(Math.abs(a.x - b.x), Math.abs(a.y - b.y));
    return { count: scales.length, shared: pairs.length, apart: pairs.filter(([a, b]) => distance(a, b) > 4).map(([a]) => a.text) };
  });
  if (count < 4 || shared < 2) complaints.push(`${count} numbers beside an enlarged part, ${shared} of them the drawing's`);
  if (apart.length > 0) complaints.push(`beside an enlarged part these stand elsewhere than in the drawing: ${apart.join(", ")}`);
}

for (const width of [1280, 820, 390]) {
  await page.setViewport({ width, height: 900 });
  await page.goto(address);
  const seen = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    height: document.documentElement.scrollHeight,
    figures: [...document.querySelectorAll("section:not(#explorer) > figure svg")].map((figure) => {
      const { width, height } = figure.getBoundingClientRect();
      return { name: figure.getAttribute("aria-label"), isVisible: width > 300 && height > 150 };
    }),
    tiles: [...document.querySelectorAll(".tiles svg use")].filter((use) => {
      const { width, height } = use.getBoundingClientRect();
      return width > 30 && height > 20;
    }).length,
    claims: document.querySelectorAll("#claims table.cards tbody tr").length,
  }));
  if (seen.width > width) complaints.push(`${seen.width} pixels wide in a window of ${width}`);
  if (seen.figures.length === 0) complaints.push("no figure");
  if (seen.tiles !== seen.figures.length) complaints.push(`${seen.tiles} tiles of ${seen.figures.length} figures`);
  if (seen.claims === 0) complaints.push("no claim");
  for (const { name, isVisible } of seen.figures) {
    if (!isVisible) complaints.push(`${name}: not visible at ${width} pixels`);
  }
  const height = Math.min(seen.height, TALLEST);
  await page.screenshot({ path: join(folder, `${width}.png`), clip: { x: 0, y: 0, width, height }, captureBeyondViewport: true });
  console.log(`${width} pixels: ${seen.figures.length} figures, ${seen.claims} claims`);
}
await page.setViewport({ width: 1280, height: 900 });
for (const scheme of ["light", "dark"]) {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(address);
  await explore(scheme);
}
await readAndZoom();
await withoutScripts();
await page.goto(address);
await page.pdf({ path: join(folder, "report.pdf"), format: "A4" });
await browser.close();
const size = statSync(join(folder, "report.pdf")).size;
if (size < 50_000) complaints.push(`a PDF of ${size} bytes`);
console.log(`pictures and PDF: ${folder}`);
for (const complaint of complaints) console.error(complaint);
process.exit(complaints.length === 0 ? 0 : 1);
