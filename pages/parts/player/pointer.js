// Mouse, pen and finger on lanes and minimap; keys anywhere on the page that nobody else takes.

const listenToPointer = (player) => {
  const {lanes, minimap, record} = player, {canvas} = lanes;
  let isHeld = false;
  canvas.addEventListener('pointerdown', (event) => {
    isHeld = true;
    canvas.setPointerCapture(event.pointerId);
    player.pause();
    const cluster = lanes.clusterAt(event.offsetX, event.offsetY);
    if (cluster) player.seek(cluster.last);
    else player.seekTime(lanes.timeAt(event.offsetX));
    player.slider.focus({preventScroll: true});
  });
  // The press would give the focus on to the page around, and the keys with it.
  canvas.addEventListener('mousedown', (event) => event.preventDefault());
  canvas.addEventListener('pointerup', () => { isHeld = false; });
  canvas.addEventListener('pointercancel', () => { isHeld = false; });
  canvas.addEventListener('pointermove', (event) => {
    if (isHeld) player.seekTime(lanes.timeAt(event.offsetX));
    else showTip(player, lanes.clusterAt(event.offsetX, event.offsetY), event.offsetY);
  });
  canvas.addEventListener('pointerleave', () => { player.tip.hidden = true; });
  canvas.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    player.zoom(lanes.timeAt(event.offsetX), event.deltaY + event.deltaX > 0 ? 1.2 : 1 / 1.2);
  }, {passive: false});
  const map = minimap.canvas;
  const move = (event) => {
    const place = minimap.placeAt(event.offsetX, player.scale);
    if (player.isZoomed) player.pan(place);
    else player.seekTime(Math.min(record.end, player.scale.time(place)));
  };
  map.addEventListener('pointerdown', (event) => {
    map.setPointerCapture(event.pointerId);
    player.pause();
    move(event);
    player.slider.focus({preventScroll: true});
  });
  map.addEventListener('mousedown', (event) => event.preventDefault());
  map.addEventListener('pointermove', (event) => { if (event.buttons) move(event); });
};

const showTip = (player, cluster, y) => {
  const {tip, record, lanes} = player;
  tip.hidden = !cluster;
  if (!cluster) return;
  const moment = record.moment(cluster.first), others = cluster.count - 1;
  tip.textContent = `${clockText(moment.at, record.end)}  ${moment.label}`
    + (others ? ` and ${others} more` : '');
  tip.style.left = Math.max(0, Math.min(lanes.width - 250, cluster.x + 8)) + 'px';
  tip.style.top = y + 14 + 'px';
};

// Keys are ours where the focus is in the player, or nowhere.
const listenToKeys = (player) => {
  const listen = (event) => {
    const path = event.composedPath(), target = path[0];
    const isInside = path.includes(player.root);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!isInside && target !== document.body) return;
    if (target.tagName === 'SELECT' || (target.tagName === 'BUTTON' && event.key === ' ')) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act(player, event.shiftKey);
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
};
