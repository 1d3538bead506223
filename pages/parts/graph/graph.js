// A pipeline as an SVG: a row for each stage, a box for each role, a curve for each "after".

const SVG = 'http://www.w3.org/2000/svg';
const BOX = {width: 136, height: 38, gap: 18, rise: 32};

const draw = (tag, attributes, ...children) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

// Where each role stands: rows are centred in the width of the widest one.
const places = (stages) => {
  const widest = Math.max(...stages.map((stage) => stage.length));
  const width = widest * (BOX.width + BOX.gap);
  const found = {};
  stages.forEach((stage, row) => stage.forEach((role, at) => {
    found[role] = {
      x: (width * (at + 0.5)) / stage.length,
      y: row * (BOX.height + BOX.rise) + 1,
    };
  }));
  return {found, width, height: stages.length * (BOX.height + BOX.rise) - BOX.rise + 2};
};

const curve = (from, to) => {
  const start = from.y + BOX.height, bend = BOX.rise / 2;
  return draw('path', {d: `M${from.x} ${start} C${from.x} ${start + bend} ${to.x} ${to.y - bend} ${to.x} ${to.y}`});
};

const box = (role, place, look, words) => {
  const ground = look.color(role);
  const icons = words.roles[role] ? words.roles[role].icon : 'person';
  return draw('g', {class: 'role', transform: `translate(${place.x - BOX.width / 2} ${place.y})`},
    draw('rect', {width: BOX.width, height: BOX.height, rx: 8}),
    draw('rect', {class: 'ground', x: 8, y: 8, width: 22, height: 22, rx: 5, style: `fill:${ground}`}),
    draw('text', {class: 'glyph', x: 19, y: 26, 'text-anchor': 'middle', style: `fill:${inkOn(ground)}`}, icons),
    draw('text', {x: 38, y: 24}, look.label(role)));
};

export default function (component) {
  const {data, parentElement} = component;
  const root = parentElement.querySelector('.sage');
  const look = looks(parentElement, data.words);
  const {found, width, height} = places(data.stages);
  const names = data.stages.map((stage) => stage.map(look.label).join(' and '));
  const svg = draw('svg', {
    viewBox: `0 0 ${width} ${height}`,
    style: `max-width:${width * 1.15}px`,
    role: 'img',
    'aria-label': 'Pipeline: ' + names.join(', then '),
  });
  for (const [role, earlier] of Object.entries(data.after)) {
    for (const before of earlier) svg.append(curve(found[before], found[role]));
  }
  for (const [role, place] of Object.entries(found)) svg.append(box(role, place, look, data.words));
  root.replaceChildren(svg);
}
