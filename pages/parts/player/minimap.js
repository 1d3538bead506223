// The minimap: how many events when, over the whole session, with failures and approvals.

const MINIMAP = 34;

class Minimap {
  constructor(canvas, record) {
    Object.assign(this, {canvas, record, stale: true});
  }

  resize(width, isNarrow, left) {
    Object.assign(this, {width, isNarrow, left, room: width - left - MARGIN_RIGHT, stale: true});
    this.pen = sizedPen(this.canvas, width, MINIMAP);
  }

  // Where on the axis a point lies.
  placeAt(x, scale) {
    return Math.max(0, Math.min(1, (x - this.left) / this.room)) * scale.end;
  }

  draw(view, cursor, colors) {
    if (!this.pen) return;
    const {scale, from, to} = view, {pen, left, room, width} = this;
    if (this.stale || this.scale !== scale || this.colors !== colors) {
      Object.assign(this, {scale, colors, stale: false});
      this.picture = this.#picture();
    }
    const xOf = (place) => left + Math.min(1, Math.max(0, place / scale.end)) * room;
    const x = xOf(scale.place(cursor.ms));
    pen.clearRect(0, 0, width, MINIMAP);
    pen.drawImage(this.picture, 0, 0, width, MINIMAP);
    pen.globalAlpha = 0.68;
    pen.fillStyle = colors.soft;
    pen.fillRect(x, 1, width - x, MINIMAP - 2);
    pen.globalAlpha = 1;
    pen.strokeStyle = pen.fillStyle = colors.text;
    pen.lineWidth = 1.5;
    pen.strokeRect(xOf(from) + 0.5, 0.75, xOf(to) - xOf(from) - 1, MINIMAP - 1.5);
    pen.fillRect(x - 1, 0, 2, MINIMAP);
  }

  #picture() {
    const picture = document.createElement('canvas'), {colors, record, scale, left, room} = this;
    const pen = sizedPen(picture, this.width, MINIMAP);
    const bins = new Array(Math.max(1, Math.floor(room / 4))).fill(0);
    const partOf = (ms) => scale.place(ms) / scale.end;
    for (const at of record.at) {
      bins[Math.min(bins.length - 1, Math.floor(partOf(at) * bins.length))] += 1;
    }
    // The root lets single events be seen beside a burst.
    const most = Math.sqrt(Math.max(...bins));
    pen.fillStyle = colors.grayText;
    pen.globalAlpha = 0.75;
    bins.forEach((count, index) => {
      const height = (Math.sqrt(count) / most) * 26;
      pen.fillRect(left + index * 4, MINIMAP - 4 - height, 3, height);
    });
    pen.globalAlpha = 1;
    for (const mark of record.marks) {
      if (mark.kind !== 'failure' && mark.kind !== 'approval') continue;
      pen.fillStyle = mark.kind === 'failure' ? colors.red : colors.orange;
      pen.fillRect(left + partOf(mark.at) * room - 1, 1, 3, MINIMAP - 2);
    }
    if (!this.isNarrow) {
      pen.font = '12px ' + colors.font;
      pen.fillStyle = colors.grayText;
      pen.textBaseline = 'middle';
      pen.fillText('All events', 38, 17);
    }
    return picture;
  }
}
