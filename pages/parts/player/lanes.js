// The lanes: two pictures of the whole view are drawn once, all as it was and all as not yet;
// a frame cuts them at the cursor and adds what goes on there.

const LANE = 32, AXIS = 26, MARGIN_RIGHT = 40;

class Lanes {
  constructor(canvas, record, look) {
    Object.assign(this, {canvas, record, look});
    this.height = AXIS + record.lanes.length * LANE + 8;
    this.stale = true;
  }

  resize(width, isNarrow) {
    Object.assign(this, {width, isNarrow, left: isNarrow ? 40 : 118, stale: true});
    this.pen = sizedPen(this.canvas, width, this.height);
  }

  // view: {scale, from, to}, from and to on the scale's axis.
  xOf(ms) {
    const {scale, from, to} = this.view;
    return this.left + ((scale.place(ms) - from) / (to - from)) * this.#room();
  }

  timeAt(x) {
    const {scale, from, to} = this.view;
    const place = from + ((x - this.left) / this.#room()) * (to - from);
    return Math.max(0, Math.min(this.record.end, scale.time(place)));
  }

  // The mark under a point, with what lane it is on.
  clusterAt(x, y) {
    const place = Math.floor((y - AXIS) / LANE);
    const near = (this.clusters?.[place] || []).filter((one) => Math.abs(one.x - x) < 9);
    return near.sort((one, other) => Math.abs(one.x - x) - Math.abs(other.x - x))[0];
  }

  draw(view, cursor, colors) {
    if (!this.pen) return;
    const isSame = this.view && ['scale', 'from', 'to'].every((key) => this.view[key] === view[key]);
    if (this.stale || !isSame || this.colors !== colors) {
      Object.assign(this, {view: {...view}, colors, stale: false});
      this.clusters = this.record.lanes.map((lane) =>
        clusterMarks(lane.marks, (ms) => this.xOf(ms)));
      this.past = this.#picture(true);
      this.coming = this.#picture(false);
    }
    const edge = Math.max(this.left, Math.min(this.width, this.xOf(cursor.ms)));
    const cut = Math.floor(edge);
    this.pen.clearRect(0, 0, this.width, this.height);
    this.#paste(this.past, 0, cut);
    this.#paste(this.coming, cut, this.width);
    this.#drawGoingOn(cursor, edge);
    this.#drawMarksAt(cursor, edge);
    this.#drawCursor(cursor.ms, edge);
  }

  #room() {
    return this.width - this.left - MARGIN_RIGHT;
  }

  #middle(place) {
    return AXIS + place * LANE + LANE / 2;
  }

  #paste(picture, from, to) {
    const dots = devicePixelRatio || 1, {pen, height} = this;
    if (to <= from) return;
    pen.drawImage(picture, from * dots, 0, (to - from) * dots, height * dots,
      from, 0, to - from, height);
  }

  #clipped(pen, from, to, paint) {
    pen.save();
    pen.beginPath();
    pen.rect(from, 0, Math.max(0, to - from), this.height);
    pen.clip();
    paint();
    pen.restore();
  }

  #picture(isPast) {
    const picture = document.createElement('canvas'), {colors, record} = this;
    const pen = sizedPen(picture, this.width, this.height);
    pen.font = '12px ' + colors.font;
    pen.textBaseline = 'middle';
    this.#drawAxis(pen);
    record.lanes.forEach((lane) => this.#drawHead(pen, lane));
    this.#clipped(pen, this.left - 1, this.width, () => {
      for (const lane of record.lanes) {
        const y = this.#middle(lane.place) - BAR / 2;
        for (const segment of lane.segments) this.#drawSegment(pen, segment, y, isPast);
      }
      this.clusters.forEach((clusters, place) => {
        for (const cluster of clusters) {
          drawMark(pen, cluster, this.#middle(place), colors, isPast);
        }
      });
    });
    return picture;
  }

  #drawSegment(pen, segment, y, isPast) {
    const x0 = this.xOf(segment.start), x1 = this.xOf(segment.end ?? this.record.end);
    if (x1 < this.left || x0 > this.width) return;
    (isPast ? drawSegment : drawComing)(pen, segment, x0, x1, y, this.colors);
  }

  // Ticks, and in place of those within waiting made short, how long that was.
  #drawAxis(pen) {
    const {scale, from, to} = this.view, {colors, record} = this;
    const step = tickStep(to - from, this.isNarrow ? 5 : 10), labels = [];
    for (const [begin, end] of scale.gaps) {
      const x0 = this.xOf(begin), x1 = this.xOf(end);
      pen.fillStyle = colors.soft;
      pen.fillRect(x0, AXIS - 4, x1 - x0, this.height);
      labels.push({x: (x0 + x1) / 2, text: '… ' + duration((end - begin) / 1000)});
    }
    const edges = [scale.time(from), ...scale.gaps.flat(), Math.min(scale.time(to), record.end)];
    for (let place = 0; place < edges.length; place += 2) {
      const [begin, end] = edges.slice(place, place + 2);
      for (let ms = Math.ceil(begin / step) * step; ms <= end; ms += step) {
        const x = this.xOf(ms);
        if (x < this.left - 1) continue;
        pen.fillStyle = colors.line;
        pen.fillRect(Math.round(x), AXIS - 4, 1, this.height);
        labels.push({x, text: clockText(ms, record.end, step)});
      }
    }
    this.#drawLabels(pen, labels);
  }

  // The first ones come first to their place.
  #drawLabels(pen, labels) {
    pen.fillStyle = this.colors.grayText;
    const taken = [];
    for (const {x, text} of labels) {
      const width = pen.measureText(text).width, begin = Math.max(this.left, x - width / 2);
      const isFree = taken.every(([from, to]) => begin > to + 8 || begin + width < from - 8);
      if (x < this.left - 1 || begin + width > this.width || !isFree) continue;
      pen.fillText(text, begin, 11);
      taken.push([begin, begin + width]);
    }
  }

  #drawHead(pen, lane) {
    const {colors, look, record} = this, top = AXIS + lane.place * LANE, color = look.color(lane.role);
    if (lane.place) {
      pen.globalAlpha = 0.6;
      pen.fillStyle = colors.line;
      pen.fillRect(0, top, this.width, 1);
      pen.globalAlpha = 1;
    }
    pen.fillStyle = color;
    pen.beginPath();
    pen.roundRect(10, top + 6, 20, 20, 5);
    pen.fill();
    pen.fillStyle = inkOn(color);
    pen.font = '13px "Material Symbols Rounded"';
    const sign = record.words.roles[lane.role]?.icon || 'person';
    pen.fillText(sign, 13.5, top + 16.5);
    pen.font = '13px ' + colors.font;
    if (this.isNarrow) return;
    pen.fillStyle = colors.text;
    pen.fillText(fitted(pen, look.label(lane.role), this.left - 44), 38, top + 16.5);
  }

  #drawGoingOn(cursor, edge) {
    this.#clipped(this.pen, this.left, edge, () => {
      for (const lane of this.record.lanes) {
        const segment = lane.segments[countWhile(lane.segments, (one) => one.startSeq <= cursor.seq) - 1];
        const goesOn = segment && (segment.endSeq ?? Infinity) > cursor.seq;
        if (!goesOn || segment.state !== 'running') continue;
        const y = this.#middle(lane.place), x0 = this.xOf(segment.start);
        drawGoingOn(this.pen, x0, edge, y - BAR / 2, this.colors);
        for (const cluster of this.clusters[lane.place]) {
          if (cluster.x >= x0 - 9 && cluster.first <= cursor.seq) {
            drawMark(this.pen, cluster, y, this.colors, true);
          }
        }
      }
    });
  }

  // Marks that the cut went through, and those set beside one that has happened, are drawn whole.
  #drawMarksAt(cursor, edge) {
    this.clusters.forEach((clusters, place) => {
      for (const cluster of clusters) {
        if (cluster.first > cursor.seq || cluster.x < edge - 40) continue;
        if (cluster.x > edge + 80) break;
        drawMark(this.pen, cluster, this.#middle(place), this.colors, true);
      }
    });
  }

  #drawCursor(ms, x) {
    const {pen, colors, record} = this, text = clockText(ms, record.end);
    pen.fillStyle = colors.text;
    pen.fillRect(x - 1, 20, 2, this.height);
    pen.font = '600 12px ' + colors.font;
    pen.textBaseline = 'middle';
    const width = pen.measureText(text).width + 12;
    const left = Math.min(this.width - width - 1, Math.max(this.left, x - width / 2));
    pen.beginPath();
    pen.roundRect(left, 2, width, 19, 5);
    pen.fill();
    pen.fillStyle = colors.ground;
    pen.fillText(text, left + 6, 12);
  }
}

const sizedPen = (canvas, width, height) => {
  const dots = devicePixelRatio || 1;
  canvas.width = width * dots;
  canvas.height = height * dots;
  canvas.style.height = height + 'px';
  const pen = canvas.getContext('2d');
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  return pen;
};

const fitted = (pen, text, room) => {
  let cut = text;
  while (cut.length > 1 && pen.measureText(cut).width > room) cut = cut.slice(0, -2) + '…';
  return cut;
};
