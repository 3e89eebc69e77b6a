// Figure 1 at another learning rate and another width of the initial weights' Gaussian, from the rows of the sweep.
{
  const data = JSON.parse(document.getElementById("explorer-rows").textContent);
  const explorer = document.getElementById("explorer");
  const sliders = ["rate", "std"].map((name) => document.getElementById(`explorer-${name}`));
  const drawing = explorer.querySelector("svg");
  const colors = { with: "#0072b2", without: "#d55e00" };
  const names = { without: "without BN", with: "with BN" };
  const [first, last] = [data.steps[1], data.steps.at(-1)];
  const percent = (tenths) => `${(tenths / 10).toFixed(1)} %`;

  const draw = (name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    drawing.append(made);
  };
  const across = (left, width) => (step) => left + width * Math.log(Math.max(step, first) / first) / Math.log(last / first);
  const up = (low, high) => (value) => 290 - 240 * (value - low) / (high - low);
  const path = (places) => places.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

  // Frame, ticks and title of a panel.
  const frame = (left, width, title, x, y, ticks, label) => {
    draw("text", { x: left, y: 28, class: "title" }, title);
    for (const tick of ticks) {
      draw("path", { d: `M${left} ${y(tick)}h${width}`, class: "grid" });
      draw("text", { x: left - 8, y: y(tick) + 5, "text-anchor": "end" }, label(tick));
    }
    for (const step of [10, 100, 1000, 10000].filter((step) => step >= first && step <= last)) {
      draw("text", { x: x(step), y: 314, "text-anchor": "middle" }, step.toLocaleString("en"));
    }
    draw("text", { x: left + width / 2, y: 340, "text-anchor": "middle" }, "training steps, logarithmic");
  };

  const accuracy = (left, width, of) => {
    const [x, y] = [across(left, width), up(0, 1000)];
    frame(left, width, "accuracy on held-out images", x, y, [0, 200, 400, 600, 800, 1000], (tick) => `${tick / 10} %`);
    for (const network of Object.keys(names)) {
      const places = of[network].accuracy.map((value, index) => [x(data.steps[index]), y(value)]);
      draw("path", { d: path(places.slice(1)), class: "curve", stroke: colors[network], "data-network": network });
      draw("text", { x: left + (network === "with" ? 120 : 0), y: 46, fill: colors[network] }, names[network]);
    }
  };

  const percentiles = (left, width, of, network, extent) => {
    const [x, y] = [across(left, width), up(-extent, extent)];
    const round = Number((extent / 2).toPrecision(1));
    const ticks = [-2, -1, 0, 1, 2].map((times) => times * round).filter((tick) => Math.abs(tick) <= extent);
    frame(left, width, `input of a sigmoid, ${names[network]}`, x, y, ticks, (tick) => `${tick / 100}`);
    const at = (which) => of[network].inputs.map((values, index) => [x(data.steps[index]), y(values[which])]).slice(1);
    draw("path", { d: `${path(at(0))}L${path(at(2).reverse()).slice(1)}Z`, class: "band", fill: colors[network] });
    draw("path", { d: path(at(1)), class: "curve", stroke: colors[network] });
  };

  const show = () => {
    const [rate, std] = sliders.map((slider) => Number(slider.value));
    const of = data.settings[rate][std];
    const [atRate, atStd] = [data.rates[rate], data.stds[std]];
    sliders[0].setAttribute("aria-valuetext", `learning rate ${atRate}`);
    sliders[1].setAttribute("aria-valuetext", `standard deviation ${atStd}`);
    sliders.forEach((slider, index) => { slider.nextElementSibling.textContent = [atRate, atStd][index]; });
    drawing.replaceChildren();
    accuracy(70, 300, of);
    const ends = Object.values(of).flatMap((network) => network.inputs.flat()).map(Math.abs);
    const extent = Math.max(1, ...ends) * 1.05;
    percentiles(450, 300, of, "without", extent);
    percentiles(830, 300, of, "with", extent);
    const end = (network) => percent(of[network].accuracy.at(-1));
    const isStart = data.start[0] === rate && data.start[1] === std;
    explorer.querySelector("output.said").textContent = `Learning rate ${atRate}, standard deviation ${atStd}${isStart
      ? " (Figure 1's)" : ""}: after ${last.toLocaleString("en")} steps ${end("with")} with BN, ${end("without")} without.`;
  };
  sliders.forEach((slider) => slider.addEventListener("input", show));
  explorer.querySelector("figure").hidden = false;
  show();
}
