// Bars on the lanes: what a task did and waited for. Each state has its own texture.

const BAR = 14;

const roundBar = (pen, x0, x1, y, height, square) => {
  const width = Math.max(2, x1 - x0), radius = Math.min(4, width / 2);
  pen.beginPath();
  pen.roundRect(x0, y, width, height, square ? [radius, 0, 0, radius] : radius);
};

const stripes = (pen, color) => {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const brush = tile.getContext('2d');
  brush.strokeStyle = color;
  brush.lineWidth = 2.6;
  for (const shift of [-4, 4, 12]) {
    brush.beginPath();
    brush.moveTo(shift - 6, 10);
    brush.lineTo(shift + 6, -2);
    brush.stroke();
  }
  return pen.createPattern(tile, 'repeat');
};

const thinLine = (pen, x0, x1, y, color, dash, width) => {
  pen.save();
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.beginPath();
  pen.moveTo(x0, y);
  pen.lineTo(x1, y);
  pen.stroke();
  pen.restore();
};

const outlined = (pen, x0, x1, y, ground, line) => {
  roundBar(pen, x0 + 0.5, x1 - 0.5, y + 0.5, BAR - 1);
  pen.fillStyle = ground;
  pen.fill();
  pen.strokeStyle = line;
  pen.lineWidth = 1.2;
  pen.stroke();
};

const solid = (pen, x0, x1, y, color) => {
  roundBar(pen, x0, x1, y, BAR);
  pen.fillStyle = color;
  pen.fill();
};

// How a try is drawn, by how it ended.
const TRIES = {
  completed: (pen, x0, x1, y, colors) => solid(pen, x0, x1, y, colors.green),
  waiting: (pen, x0, x1, y, colors) => solid(pen, x0, x1, y, colors.blue),
  failed: (pen, x0, x1, y, colors) => outlined(pen, x0, x1, y, colors.redGround, colors.red),
  cancelled: (pen, x0, x1, y, colors) => {
    outlined(pen, x0, x1, y, colors.ground, colors.gray);
    thinLine(pen, x0, x1, y + BAR / 2, colors.gray, [], 1.2);
  },
};
TRIES.lost = TRIES.failed;

const drawTry = (pen, segment, x0, x1, y, colors) => {
  (TRIES[segment.endedAs] || TRIES.waiting)(pen, x0, x1, y, colors);
  if (segment.attempt > 1 && x1 - x0 > 60) {
    const ground = {completed: colors.green, failed: colors.redGround, lost: colors.redGround};
    pen.font = '600 11px ' + colors.font;
    pen.fillStyle = inkOn(ground[segment.endedAs] || colors.blue);
    pen.fillText('try ' + segment.attempt, x0 + 6, y + BAR / 2 + 0.5);
  }
};

const drawWait = (pen, segment, x0, x1, y, colors) => {
  const middle = y + BAR / 2;
  if (segment.state === 'waiting') {
    pen.fillStyle = colors.ground;
    pen.fillRect(x0, y, x1 - x0, BAR);
    pen.fillStyle = colors.stripes;
    pen.fillRect(x0, y, x1 - x0, BAR);
  } else if (x1 - x0 > 3) {
    if (segment.state === 'blocked') thinLine(pen, x0, x1, middle, colors.line, [3, 4], 1.5);
    if (segment.state === 'ready') thinLine(pen, x0, x1, middle, colors.violet, [], 2);
    if (segment.state === 'retry') thinLine(pen, x0, x1, middle, colors.violet, [2, 3], 2);
  }
};

// A segment that has happened, as it ended.
const drawSegment = (pen, segment, x0, x1, y, colors) =>
  (segment.state === 'running' ? drawTry : drawWait)(pen, segment, x0, x1, y, colors);

// A segment that has not happened yet; what waits unseen is left out.
const drawComing = (pen, segment, x0, x1, y, colors) => {
  if (segment.state !== 'running' && segment.state !== 'waiting') return;
  pen.save();
  pen.globalAlpha = 0.55;
  pen.strokeStyle = colors.gray;
  pen.lineWidth = 1;
  pen.setLineDash([3, 3]);
  roundBar(pen, x0 + 0.5, x1 - 0.5, y + 0.5, BAR - 1);
  pen.stroke();
  pen.restore();
};

// A try that goes on at the cursor: from its start to there.
const drawGoingOn = (pen, x0, x1, y, colors) => {
  pen.fillStyle = colors.ground;
  pen.fillRect(x0, y - 1, x1 - x0, BAR + 2);
  roundBar(pen, x0, x1, y, BAR, true);
  pen.fillStyle = colors.blue;
  pen.fill();
};
