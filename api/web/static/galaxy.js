// The galaxy: every system and stargate faintly, heat above them, day by day where the slider stands.
"use strict";
{
  const frame = document.querySelector(".galaxy");
  const chart = frame.chart;
  const controls = document.querySelector(".map-controls");
  const slider = controls.querySelector("input");
  const output = controls.querySelector("output");
  const play = controls.querySelector(".play");
  const status = document.querySelector(".map-status");
  const days = controls.dataset.days.split(" ");
  const measure = controls.dataset.by;
  const STEP_MILLISECONDS = 1000;
  const LABELLED = 12;
  const root = document.documentElement;
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const { isk, count } = frame.formatters;

  const asked = new Map();
  const ask = (address) => {
    if (!asked.has(address)) {
      const answer = fetch(address).then((response) => {
        if (!response.ok) throw new Error(`${response.status}`);
        return response.json();
      });
      answer.catch(() => asked.delete(address));
      asked.set(address, answer);
    }
    return asked.get(address);
  };
  // The whole window as the address has it; a day by itself from one kill on, since a day has fewer.
  const heatAddress = (step) => {
    const query = new URLSearchParams(location.search);
    if (step) {
      query.set("days", 1);
      query.set("day", days[step - 1]);
      query.set("min_kills", 1);
    }
    return `/war-room/heat.json?${query}`;
  };

  let galaxy, heat = [];

  // Both axes run over as many light-years a pixel, whatever the frame's shape.
  const bounds = () => {
    const xs = galaxy.systems.map(([x]) => x), ys = galaxy.systems.map(([, y]) => y);
    const box = [xs, ys].map((all) => [Math.min(...all), Math.max(...all)]);
    const scale = 1.04 * Math.max((box[0][1] - box[0][0]) / chart.getWidth(), (box[1][1] - box[1][0]) / chart.getHeight());
    return [chart.getWidth(), chart.getHeight()].map((pixels, axis) => {
      const middle = (box[axis][0] + box[axis][1]) / 2;
      return { min: middle - (scale * pixels) / 2, max: middle + (scale * pixels) / 2 };
    });
  };

  const told = (one) => [
    `${one.name}  ${one.security.toFixed(1)} ${one.security_class}`,
    one.region,
    `${count(one.ships_lost_to_players)} ships lost to players`,
    `${isk(one.isk_destroyed)} ISK destroyed`,
    `${count(one.capsule_killmails)} capsules, ${count(one.npc_killmails)} losses to NPCs`,
    `${count(one.structure_killmails)} structures, ${count(one.killmails)} killmails`,
  ].join("\n");

  const drawHeat = () => {
    const largest = Math.min(42, Math.max(20, chart.getWidth() / 18));
    const most = Math.max(1, ...heat.map((one) => one[measure]));
    chart.setOption({ series: [{
      id: "heat",
      data: heat.map((one, rank) => ({
        name: one.name,
        value: [one.x, one.y, one[measure]],
        link: `/regions/${one.region_id}`,
        symbolSize: 4 + (largest - 4) * Math.sqrt(one[measure] / most),
        itemStyle: { color: colour(`--${one.security_class}`) },
        label: { show: rank < LABELLED },
        tooltip: { formatter: told(one) },
      })),
    }] });
  };

  const draw = () => {
    const [x, y] = bounds();
    const faint = { zlevel: 0, silent: true, animation: false, progressive: 0, tooltip: { show: false } }; // in one go, on the one canvas
    chart.setOption({
      xAxis: x,
      yAxis: y,
      animationDurationUpdate: 300,
      series: [
        {
          ...faint, id: "stargates", type: "lines", coordinateSystem: "cartesian2d", large: true, largeThreshold: 1, z: 1,
          lineStyle: { color: colour("--muted"), width: 0.6, opacity: 0.35 },
          data: galaxy.stargates.map((ends) => ({ coords: ends.map((end) => galaxy.systems[end].slice(0, 2)) })),
        },
        ...galaxy.security_classes.map((name, index) => ({
          ...faint, id: `systems-${name}`, type: "scatter", large: true, largeThreshold: 1, symbolSize: 2, z: 2,
          itemStyle: { color: colour(`--${name}`), opacity: 0.45 },
          data: galaxy.systems.filter((one) => one[2] === index).map((one) => one.slice(0, 2)),
        })),
        {
          id: "regions", type: "scatter", zlevel: 0, symbolSize: 1, z: 3, itemStyle: { opacity: 0 }, tooltip: { show: false },
          label: { show: true, formatter: "{b}", color: colour("--muted"), fontSize: 10, opacity: 0.9 },
          labelLayout: { hideOverlap: true },
          data: galaxy.regions.map(([id, name, ...place]) => ({ name, value: place, link: `/regions/${id}` })),
        },
        {
          id: "heat", type: "scatter", zlevel: 0, z: 4,
          itemStyle: { opacity: 0.75, borderColor: colour("--card"), borderWidth: 0.5 },
          emphasis: { scale: 1.15, itemStyle: { opacity: 1 } },
          label: { position: "right", formatter: "{b}", color: colour("--text"), fontSize: 11, fontWeight: 600, textBorderColor: colour("--card"), textBorderWidth: 3 },
          labelLayout: { hideOverlap: true },
          data: [],
        },
      ],
    });
    drawHeat();
  };

  const show = async (step) => {
    slider.value = step;
    const name = step ? days[step - 1] : `All ${days.length} days`;
    slider.ariaValueText = output.textContent = name;
    frame.ariaBusy = true;
    try {
      const { columns, systems } = await ask(heatAddress(step));
      if (Number(slider.value) !== step) return;
      heat = systems.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place]])));
      status.textContent = `${count(heat.length)} systems with heat`;
      frame.dataset.shown = name;
      drawHeat();
    } catch {
      status.textContent = "The map's numbers could not be loaded; the tables have them.";
    }
    frame.ariaBusy = false;
  };

  let playing = null;
  const stop = () => {
    clearTimeout(playing);
    playing = null;
    play.textContent = "Play";
  };
  const next = async () => {
    const step = (Number(slider.value) % days.length) + 1;
    await show(step);
    if (playing === null) return;
    if (step === days.length) return stop();
    ask(heatAddress(step + 1));
    playing = setTimeout(next, STEP_MILLISECONDS);
  };
  play.addEventListener("click", () => {
    if (playing !== null) return stop();
    if (Number(slider.value) === days.length) slider.value = 0;
    playing = 0;
    play.textContent = "Pause";
    next();
  });
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });

  const zoom = (factor) => {
    const changes = chart.getOption().dataZoom.map(({ start, end }, dataZoomIndex) => {
      const half = Math.min(50, ((end - start) / 2) * factor), middle = Math.min(100 - half, Math.max(half, (start + end) / 2));
      return { type: "dataZoom", dataZoomIndex, start: middle - half, end: middle + half };
    });
    chart.dispatchAction({ type: "dataZoom", batch: changes });
  };
  for (const button of controls.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zoom(Number(button.dataset.zoom)));

  const begin = async () => {
    frame.ariaBusy = true;
    try {
      galaxy = await ask("/war-room/galaxy.json");
    } catch {
      status.textContent = "The map could not be loaded; the tables have its numbers.";
      frame.ariaBusy = false;
      return;
    }
    draw();
    await show(0);
    new ResizeObserver(() => { const [x, y] = bounds(); chart.setOption({ xAxis: x, yAxis: y }); }).observe(frame);
    new MutationObserver(draw).observe(root, { attributeFilter: ["data-theme"] });
  };
  controls.hidden = false;
  begin();
}
