// What the benchmark of the window sees from inside the page. Times are in milliseconds.
const rows = document.querySelector("[role=grid] [data-rows]");

/** Calls back when what the page has become by now is drawn. */
function afterFrame(then) {
  requestAnimationFrame(() => {
    // A message comes after the frame's drawing, where a timer may come much later.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(null);
  });
}

let key = null;
const begin = () => {
  const mine = { at: performance.now(), echo: null, changed: null, painted: null };
  key = mine;
  afterFrame((now) => {
    mine.echo = now - mine.at;
  });
};
document.addEventListener("keydown", begin, { capture: true });

new MutationObserver(() => {
  const mine = key;
  if (!mine) return;
  mine.changed = performance.now();
  afterFrame((now) => {
    mine.painted = now - mine.at;
  });
}).observe(rows, { subtree: true, childList: true, characterData: true, attributes: true });

const QUIET = 400;
const NOTHING = 1500;

let last = null;
let frames = null;
const frame = (now) => {
  if (frames === null) return;
  if (last !== null) frames.push(now - last);
  last = now;
  requestAnimationFrame(frame);
};

window.measured = {
  quiet(done) {
    const look = () => {
      const now = performance.now();
      if (key === null) done({ echo: null, painted: null });
      else if (key.painted !== null ? now - key.at - key.painted > QUIET : now - key.at > NOTHING) {
        const { echo, painted } = key;
        key = null;
        done({ echo, painted });
      } else setTimeout(look, 20);
    };
    look();
  },
  beginFrames() {
    frames = [];
    last = null;
    requestAnimationFrame(frame);
  },
  endFrames() {
    const all = frames;
    frames = null;
    return all;
  },
};
