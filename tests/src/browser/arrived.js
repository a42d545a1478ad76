// Says where what was done since the aim went instead of to its element; null when it arrived.
const [kind, value] = arguments;
const watch = window.dipperWatch;
// Another page came by it.
if (!watch) return null;
delete window.dipperWatch;
watch.stop.abort();
const { element, seen } = watch;
if (kind === 'press') {
  const { pointerdown, click, gotpointercapture } = seen;
  if (pointerdown && !pointerdown.own) return `the press landed on ${pointerdown.away}`;
  if (!pointerdown && !click?.own) return 'no press came';
  // Let go elsewhere than pressed: it moved in between, unless it was to be held or went by the press.
  const slipped = click && !click.own && !gotpointercapture && element.getClientRects().length > 0;
  return slipped ? `it was let go on ${click.away}` : null;
}
if (kind === 'keys') return seen.keydown?.away ? `keys went to ${seen.keydown.away}` : null;
const isChosen = seen.change?.own || element.value === value || !element.isConnected;
return isChosen ? null : 'nothing was chosen';
