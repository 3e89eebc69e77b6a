// What a reader does with a figure: read off values, enlarge a part. Nothing is fetched, and without this script the
// figures are what they are on paper.
const NEAR = 60; // pixels of the drawing

const element = (name, attributes = {}, ...children) => {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
};

// Places of a drawing that have values, from left to right.
const hintsOf = (svg) => [...svg.querySelectorAll("circle")]
  .filter((circle) => circle.firstElementChild?.tagName === "title")
  .map((circle) => ({ circle, x: circle.cx.baseVal.value, y: circle.cy.baseVal.value, text: circle.firstElementChild.textContent }));

const placeIn = (svg, event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());

// Values under the pointer, and by the arrow keys one after the other.
function readOff(svg, said) {
  const hints = hintsOf(svg);
  if (hints.length === 0) return;
  const mark = drawn("circle", { r: 14, class: "mark" });
  let at = -1;
  const show = (index) => {
    at = index;
    const hint = hints[index];
    if (!hint) { mark.remove(); return; }
    mark.setAttribute("cx", hint.x);
    mark.setAttribute("cy", hint.y);
    svg.append(mark);
    said.textContent = hint.text;
  };
  svg.addEventListener("pointermove", (event) => {
    const { x, y } = placeIn(svg, event);
    const distances = hints.map((hint) => Math.hypot(hint.x - x, hint.y - y));
    const nearest = distances.indexOf(Math.min(...distances));
    if (distances[nearest] < NEAR) show(nearest);
  });
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.ctrlKey) return;
    event.preventDefault();
    show(Math.max(0, Math.min(hints.length - 1, at + step)));
  });
  svg.addEventListener("blur", () => show(-1));
}

// The part of a drawing that is shown.
function zoomable(svg) {
  const { x, y, width, height } = svg.viewBox.baseVal;
  const whole = { x, y, width, height };
  const drawScales = scalesOf(svg);
  let part = whole;
  const set = (wanted) => {
    const size = Math.min(1, Math.max(0.05, wanted.width / whole.width));
    const [w, h] = [whole.width * size, whole.height * size];
    const inside = (low, length, all, most) => Math.min(all + most - length, Math.max(all, low));
    part = { x: inside(wanted.x, w, whole.x, whole.width), y: inside(wanted.y, h, whole.y, whole.height), width: w, height: h };
    svg.setAttribute("viewBox", `${part.x} ${part.y} ${part.width} ${part.height}`);
    drawScales(size);
  };
  const middle = () => ({ x: part.x + part.width / 2, y: part.y + part.height / 2 });
  const zoom = (factor, about = middle()) => set({
    x: about.x - (about.x - part.x) * factor, y: about.y - (about.y - part.y) * factor, width: part.width * factor,
  });
  const move = (right, down) => set({ ...part, x: part.x + right * part.width, y: part.y + down * part.height });
  const reset = () => set(whole);
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, placeIn(svg, event));
  }, { passive: false });
  let held = null;
  svg.addEventListener("pointerdown", (event) => { held = placeIn(svg, event); svg.setPointerCapture(event.pointerId); });
  svg.addEventListener("pointerup", () => { held = null; });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const { x: toX, y: toY } = placeIn(svg, event);
    set({ ...part, x: part.x + held.x - toX, y: part.y + held.y - toY });
  });
  const keys = {
    "+": () => zoom(0.8), "-": () => zoom(1.25), 0: reset, ArrowUp: () => move(0, -0.2), ArrowDown: () => move(0, 0.2),
    PageUp: () => move(-0.2, 0), PageDown: () => move(0.2, 0),
  };
  svg.addEventListener("keydown", (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  return { zoom, reset };
}

// The figure by itself, as large as the window.
function enlarge(figure, title) {
  const svg = figure.querySelector("svg").cloneNode(true);
  svg.querySelectorAll("[id]").forEach((named) => named.removeAttribute("id"));
  svg.querySelectorAll(".mark").forEach((mark) => mark.remove());
  svg.setAttribute("tabindex", 0);
  const said = element("output", { ariaLive: "polite" }, "Wheel or + and −: nearer and farther; drag, ↑ ↓, page keys: move; 0: all of it; ← →: values.");
  const view = zoomable(svg);
  readOff(svg, said);
  const button = (text, onclick) => element("button", { type: "button", textContent: text, onclick });
  const dialog = element("dialog", { className: "enlarged", ariaLabel: title },
    element("p", {}, button("nearer", () => view.zoom(0.8)), button("farther", () => view.zoom(1.25)),
      button("all of it", view.reset), button("close", () => dialog.close()), said), svg);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  svg.focus();
}

for (const figure of document.querySelectorAll("main section:not(#explorer) > figure")) {
  const svg = figure.querySelector("svg");
  if (!svg) continue;
  const title = svg.getAttribute("aria-label");
  const said = element("output", { ariaLive: "polite" });
  svg.setAttribute("tabindex", 0);
  readOff(svg, said);
  const button = element("button", { type: "button", textContent: "enlarge", ariaLabel: `enlarge ${title}`,
    onclick: () => enlarge(figure, title) });
  figure.append(element("p", { className: "tools" }, button, said));
}
