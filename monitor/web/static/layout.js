// How many columns and rows of tiles, and how large their type, for a room of a given size. Pure arithmetic.

// A tile is drawn on a sheet of this many times its type size.
export const SHEET = { width: 20, height: 15 };

const AT_ONCE = 24; // more would be too small for whoever stands ten metres away
const SMALLEST = 11; // type size in px below which tiles scroll instead of shrinking
const COMFORTABLE = 14; // type size in px of tiles that scroll, at least
const LARGEST_SCROLLED = 18;

// Type size and row height in px. `atOnce` is how many tiles are seen without scrolling; `scrolls` says whether there
// are more.
export function fit(count, width, height) {
  const shown = Math.max(1, Math.min(count, AT_ONCE));
  const { columns, rows, type } = best(shown, width, height);
  if (type < SMALLEST) return scrolled(count, width, height);
  return { columns, type, rowHeight: height / rows, atOnce: Math.max(shown, columns * rows), scrolls: count > columns * rows };
}

function best(count, width, height) {
  let found = { type: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const type = Math.min(width / columns / SHEET.width, height / rows / SHEET.height);
    if (type > found.type) found = { columns, rows, type };
  }
  return found;
}

function scrolled(count, width, height) {
  const columns = Math.max(1, Math.floor(width / (SHEET.width * COMFORTABLE)));
  const type = Math.min(width / columns / SHEET.width, LARGEST_SCROLLED);
  const rowHeight = type * SHEET.height;
  const atOnce = columns * Math.max(1, Math.floor(height / rowHeight));
  return { columns, type, rowHeight, atOnce, scrolls: count > atOnce };
}
