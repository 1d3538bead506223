// Marks on the lanes: decision, artifact, approval, failure. Where many meet, one stands for all
// of its kind and says how many.

const MARK_WIDTH = 13;

const WINDOWS = [MARK_WIDTH, 30, 60, 120, 240]; // how near marks of a kind become one, in pixels
const MOST_SHIFT = 2.5 * MARK_WIDTH;

// Marks of a lane as drawn: [{x, kind, first, last, count}], side by side where they would overlap;
// the denser they lie, the more of them become one.
const clusterMarks = (marks, xOf) => {
  for (const window of WINDOWS) {
    const clusters = gatherMarks(marks, xOf, window);
    if (window === WINDOWS.at(-1) || setSideBySide(clusters) <= MOST_SHIFT) return clusters;
  }
  return [];
};

const gatherMarks = (marks, xOf, window) => {
  const clusters = [], latest = {};
  for (const mark of marks) {
    const x = xOf(mark.at), near = latest[mark.kind];
    if (near && x - near.at < window) {
      near.count += 1;
      near.last = mark.seq;
    } else {
      latest[mark.kind] = {at: x, x, kind: mark.kind, first: mark.seq, last: mark.seq, count: 1};
      clusters.push(latest[mark.kind]);
    }
  }
  return clusters;
};

// Moves clusters to the right until none covers another; returns by how much at most.
const setSideBySide = (clusters) => {
  let right = -Infinity, most = 0;
  for (const cluster of clusters) {
    const isFixed = cluster.kind === 'failure' || cluster.kind === 'approval';
    if (!isFixed) cluster.x = Math.max(cluster.x, right);
    most = Math.max(most, cluster.x - cluster.at);
    const text = cluster.count > 1 ? 4 + 6 * String(cluster.count).length : 0;
    right = Math.max(right, cluster.x + MARK_WIDTH + text);
  }
  return most;
};

const SHAPES = {
  decision: (pen, x, y) => polygon(pen, [[x, y - 8], [x + 6.5, y], [x, y + 8], [x - 6.5, y]]),
  artifact: (pen, x, y) => polygon(pen, [[x - 4, y - 4], [x + 4, y - 4], [x + 4, y + 4], [x - 4, y + 4]]),
  approval: (pen, x, y) => polygon(pen, [[x, y - 8], [x + 8, y + 6], [x - 8, y + 6]]),
};

const polygon = (pen, points) => {
  pen.beginPath();
  points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
};

// Draws a cluster; what has not happened yet is pale.
const drawMark = (pen, cluster, y, colors, isPast) => {
  const {x, kind, count} = cluster;
  pen.save();
  pen.globalAlpha = isPast ? 1 : 0.3;
  pen.lineJoin = 'round';
  if (kind === 'failure') {
    for (const [color, width] of [[colors.ground, 5.5], [colors.red, 2.6]]) {
      pen.strokeStyle = color;
      pen.lineWidth = width;
      pen.beginPath();
      for (const side of [-5, 5]) {
        pen.moveTo(x - side, y - 5);
        pen.lineTo(x + side, y + 5);
      }
      pen.stroke();
    }
  } else {
    SHAPES[kind](pen, x, y);
    const isHollow = kind === 'artifact';
    pen.strokeStyle = colors.ground;
    pen.lineWidth = isHollow ? 4 : 2;
    pen.stroke();
    pen.fillStyle = isHollow ? colors.ground : kind === 'approval' ? colors.orange : colors.text;
    pen.fill();
    if (isHollow) {
      pen.strokeStyle = colors.text;
      pen.lineWidth = 1.8;
      pen.stroke();
    }
  }
  if (count > 1) {
    pen.font = '600 11px ' + colors.font;
    pen.textBaseline = 'middle';
    pen.strokeStyle = colors.ground;
    pen.lineWidth = 3;
    const left = x + (kind === 'artifact' ? 7 : 9);
    pen.strokeText(count, left, y + 0.5);
    pen.fillStyle = colors.text;
    pen.fillText(count, left, y + 0.5);
  }
  pen.restore();
};
