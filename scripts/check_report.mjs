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
for (const width of [1280, 820, 390]) {
  await page.setViewport({ width, height: 900 });
  await page.goto(address);
  const seen = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    height: document.documentElement.scrollHeight,
    figures: [...document.querySelectorAll("figure svg")].map((figure) => {
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
await page.pdf({ path: join(folder, "report.pdf"), format: "A4" });
await browser.close();
const size = statSync(join(folder, "report.pdf")).size;
if (size < 50_000) complaints.push(`a PDF of ${size} bytes`);
console.log(`pictures and PDF: ${folder}`);
for (const complaint of complaints) console.error(complaint);
process.exit(complaints.length === 0 ? 0 : 1);
