// Mounts the player. This runs again at every change of data or theme: the cursor stays.

// The first line of the data is all but the states; then a checkpoint and its patches, each a
// line, for each stretch.
const readPacked = (data) => {
  const [head, ...lines] = new TextDecoder().decode(data).split('\n');
  const packed = JSON.parse(head);
  packed.stretches = packed.stretches.map((after, place) =>
    ({after, state: lines[2 * place], patches: lines[2 * place + 1]}));
  return packed;
};

const askedSeq = (record) => {
  const asked = new URL(location.href).searchParams.get('seq');
  return asked !== null && /^\d+$/.test(asked) ? +asked : record.last;
};

export default function ({data, parentElement}) {
  const root = parentElement.querySelector('.sage');
  const former = root.player;
  const isSame = former && former.source.length === data.length
    && former.source.every((byte, index) => byte === data[index]);
  let player = former;
  if (!isSame) {
    const packed = readPacked(data), record = new SessionRecord(packed);
    former?.pause();
    player = new Player(root, record, looks(parentElement, packed.words));
    player.source = data;
    player.words = packed.words;
    player.seek(former ? former.cursor.seq : askedSeq(record));
    root.player = player;
  }
  player.restyle(looks(parentElement, player.words));
  const observer = new ResizeObserver(() => player.resize());
  observer.observe(root);
  const stopKeys = listenToKeys(player);
  document.fonts.load('13px "Material Symbols Rounded"').then(() => player.resize());
  return () => {
    observer.disconnect();
    stopKeys();
  };
}
