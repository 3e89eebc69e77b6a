// Numbers at the sides of an enlarged part of a figure, whose own axes may be out of sight.
const SVG = "http://www.w3.org/2000/svg";
const SCALE_SIZE = 26; // height of a number in the whole drawing
const LEAST = 0.2; // of the part that a plot must fill to have numbers
const NEAR_PART = 0.4; // of the drawing: of a smaller part its own numbers are too few

// An axis as the drawing has it: "low high first-pixel last-pixel linear".
function axisOf(words) {
  const [low, high, first, last] = words.split(" ").map(Number);
  const isLogarithmic = words.endsWith("logarithmic");
  const [scale, back] = isLogarithmic ? [Math.log, Math.exp] : [Number, Number];
  const perUnit = (last - first) / (scale(high) - scale(low));
  const at = (value) => first + (scale(value) - scale(low)) * perUnit;
  const value = (pixel) => back(scale(low) + (pixel - first) / perUnit);
  return { at, between: (...pixels) => roundValues(pixels.map(value).sort((a, b) => a - b), isLogarithmic) };
}

// 1, 2, 5 and 10 times powers of ten; on a logarithmic axis of many decades, powers of ten.
function roundValues([low, high], isLogarithmic) {
  if (isLogarithmic && high > 8 * low) {
    const powers = Array.from({ length: 2 + Math.ceil(Math.log10(high / low)) }, (_, i) => 10 ** (Math.floor(Math.log10(low)) + i));
    const factors = high > 1000 * low ? [1] : [1, 2, 5];
    return powers.flatMap((power) => factors.map((factor) => factor * power)).filter((value) => low <= value && value <= high);
  }
  const rough = (high - low) / 8;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

// As the drawing writes it: 10,000, 0.05, 1e−6.
function tickText(value) {
  const size = Math.abs(value);
  const rounded = Number(value.toPrecision(6));
  const isFar = size > 0 && !(1e-3 <= size && size < 1e6);
  const text = isFar ? rounded.toExponential() : rounded.toLocaleString("en", { maximumFractionDigits: 6 });
  return text.replace("+", "").replace("-", "−");
}

function drawn(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

// What is in sight of a drawing: more than its view box, where the window has another shape.
function sightOf(svg) {
  const { left, right, top, bottom } = svg.getBoundingClientRect();
  const toDrawing = svg.getScreenCTM().inverse();
  const [from, to] = [new DOMPoint(left, top), new DOMPoint(right, bottom)].map((point) => point.matrixTransform(toDrawing));
  return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
}

// Draws them when so much of the drawing's width is shown; none for all of it.
function scalesOf(svg) {
  const plots = [...svg.querySelectorAll("rect.plot")].map(({ x, y, width, height, dataset }) => ({
    left: x.baseVal.value, right: x.baseVal.value + width.baseVal.value, x: axisOf(dataset.x),
    top: y.baseVal.value, bottom: y.baseVal.value + height.baseVal.value, y: axisOf(dataset.y),
  }));
  const group = drawn("g", { class: "scales" });
  svg.append(group);
  return (size) => {
    const part = sightOf(svg);
    group.replaceChildren(...(size < 1 ? plots.flatMap((plot) => ofPlot(plot, part, size)) : []));
    group.setAttribute("font-size", SCALE_SIZE * size);
    group.setAttribute("stroke-width", size);
    svg.classList.toggle("near", size < 1);
  };
}

function ofPlot(plot, part, size) {
  const [left, right] = [Math.max(plot.left, part.x), Math.min(plot.right, part.x + part.width)];
  const [top, bottom] = [Math.max(plot.top, part.y), Math.min(plot.bottom, part.y + part.height)];
  if (right - left < LEAST * part.width || bottom - top < LEAST * part.height) return [];
  const [column, line] = [90 * size, 40 * size]; // kept free of the other axis' numbers
  const isNear = size < NEAR_PART;
  const isOwnXSeen = !isNear && part.y + part.height > plot.bottom + line;
  const isOwnYSeen = !isNear && part.x < plot.left - line;
  const under = isOwnXSeen ? [] : plot.x.between(left + column, right - column / 2).flatMap((value) => {
    const x = plot.x.at(value);
    return [drawn("line", { x1: x, x2: x, y1: top, y2: bottom - line }),
      drawn("text", { x, y: bottom - line / 4, "text-anchor": "middle" }, tickText(value))];
  });
  const beside = isOwnYSeen ? [] : plot.y.between(top + line / 2, bottom - line).flatMap((value) => {
    const y = plot.y.at(value);
    return [drawn("line", { x1: left + column, x2: right, y1: y, y2: y }),
      drawn("text", { x: left + column - line / 4, y: y + line / 4, "text-anchor": "end" }, tickText(value))];
  });
  return [...under, ...beside];
}

