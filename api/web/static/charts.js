// Draws charts: options of Apache ECharts that pages carry as JSON, in the colours of the style sheet.
"use strict";
{
  const root = document.documentElement;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const UNITS = [[1e12, "t"], [1e9, "b"], [1e6, "m"], [1e3, "k"]];
  const formatters = {
    isk: (amount) => {
      if (amount == null) return "–";
      const rounded = Number(amount.toPrecision(3)); // first, since 999.6 m is 1 b
      const [size, unit] = UNITS.find(([least]) => Math.abs(rounded) >= least) ?? [1, ""];
      return `${Number((rounded / size).toPrecision(3))} ${unit}`.trim();
    },
    count: (amount) => (amount == null ? "–" : amount.toLocaleString("en")),
  };

  // What JSON cannot say: colours by the style sheet's names, formatters by theirs.
  const understood = (option, style, key = "") => {
    if (Array.isArray(option)) return option.map((one) => understood(one, style));
    if (option && typeof option === "object") {
      return Object.fromEntries(Object.entries(option).map(([name, one]) => [name, understood(one, style, name)]));
    }
    if (typeof option !== "string") return option;
    const colour = option.match(/^var\((--[\w-]+)\)$/);
    if (colour) return style.getPropertyValue(colour[1]).trim();
    return /formatter$/i.test(key) ? formatters[option] ?? option : option;
  };

  const dressed = (option) => {
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = (one) => ({
      ...one,
      axisLine: { lineStyle: { color: colour("--line") } },
      axisLabel: { color: colour("--muted"), hideOverlap: true, ...one.axisLabel },
      nameTextStyle: { color: colour("--muted"), align: "left" },
      splitLine: { lineStyle: { color: colour("--line") }, show: one.type === "value" },
    });
    const axes = (all) => (all === undefined ? undefined : [all].flat().map(axis));
    const given = understood(option, style);
    return {
      useUTC: true,
      animation: !calm,
      animationDuration: 400,
      backgroundColor: "transparent",
      textStyle: { fontFamily: style.getPropertyValue("--font"), color: colour("--text") },
      ...given,
      xAxis: axes(given.xAxis),
      yAxis: axes(given.yAxis),
      legend: given.legend && { textStyle: { color: colour("--text") }, icon: "roundRect", ...given.legend },
      // Text drawn on the canvas: a tooltip made of HTML would need inline styles, which our policy forbids.
      tooltip: given.tooltip && {
        renderMode: "richText",
        confine: true,
        backgroundColor: colour("--card"),
        borderColor: colour("--line"),
        textStyle: { color: colour("--text"), fontSize: 13 },
        ...given.tooltip,
      },
    };
  };

  const draw = (element) => {
    const option = JSON.parse(element.querySelector("script").textContent);
    element.hidden = false;
    const canvas = element.appendChild(document.createElement("div"));
    canvas.className = "canvas";
    const chart = echarts.init(canvas);
    chart.setOption(dressed(option));
    chart.on("click", ({ data }) => { if (data?.link) location.assign(data.link); });
    new ResizeObserver(() => chart.resize()).observe(canvas);
    new MutationObserver(() => chart.setOption(dressed(option), true)).observe(root, { attributeFilter: ["data-theme"] });
    return chart;
  };

  // For pages that do more with their charts: the instance is the element's `chart`; how numbers are said, its `formatters`.
  for (const element of document.querySelectorAll(".chart")) Object.assign(element, { chart: draw(element), formatters });
}
