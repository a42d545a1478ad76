// Says why an element cannot be pressed (or typed into) at this moment; null when it can, and from then on
// notes what presses and keys arrive at.
const [element, isPressed, done] = arguments;

const name = node => {
  if (!node) return 'nothing';
  const label = node.getAttribute?.('aria-label') || node.textContent?.trim().replace(/\s+/g, ' ').slice(0, 40);
  const classes = typeof node.className === 'string' && node.className.trim().replace(/\s+/g, '.');
  return `<${node.localName ?? 'document'}${node.id ? '#' + node.id : ''}${classes ? '.' + classes : ''}> “${label ?? ''}”`;
};
const isItsLabel = node => node.localName === 'label' && node.control === element;
const isOwn = node => Boolean(node) && (element.contains(node) || isItsLabel(node.closest('label') ?? node));
const box = () => element.getClientRects()[0];
// Where the driver presses: the middle of what can be seen of the first box.
const top = () => {
  const at = box();
  const between = (from, size, end) => (Math.max(0, from) + Math.min(end, from + size)) / 2;
  return at && document.elementFromPoint(between(at.x, at.width, innerWidth), between(at.y, at.height, innerHeight));
};
const isSame = (a, b) => ['x', 'y', 'width', 'height'].every(side => Math.abs(a[side] - b[side]) < 0.1);

const watch = () => {
  window.dipperWatch?.stop.abort();
  const seen = {};
  const stop = new AbortController();
  for (const kind of ['pointerdown', 'gotpointercapture', 'click', 'keydown', 'change']) {
    addEventListener(kind, event => {
      const own = event.composedPath().some(node => node === element || node.nodeType === 1 && isItsLabel(node));
      const before = seen[kind] ?? { own: false, away: null };
      seen[kind] = { own: before.own || own, away: before.away ?? (own ? null : name(event.target)) };
    }, { capture: true, signal: stop.signal });
  }
  window.dipperWatch = { element, seen, stop };
};

const look = async () => {
  if (!element.isConnected) return 'it has left the page';
  if (element.matches(':disabled')) return 'it is disabled';
  if (isPressed && !isOwn(top())) element.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
  const before = box();
  await new Promise(requestAnimationFrame);
  const after = box();
  if (!before || !after) return 'it is not drawn';
  if (!isSame(before, after)) return 'it moves';
  const hit = top();
  if (isPressed && !isOwn(hit)) return `${name(hit)} lies over it`;
  watch();
  return null;
};
look().then(done, error => done(String(error)));
