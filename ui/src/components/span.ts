/** Where each row of a list begins, and, last, where the list ends. */
export function offsetsOf(count: number, height: (index: number) => number): Float64Array {
  const offsets = new Float64Array(count + 1);
  for (let index = 0; index < count; index += 1) {
    offsets[index + 1] = (offsets[index] ?? 0) + height(index);
  }
  return offsets;
}

/** The rows that touch the stretch from `top` to `bottom`: first, and one past the last. */
export function spanAt(offsets: Float64Array, top: number, bottom: number): [number, number] {
  const count = offsets.length - 1;
  if (count <= 0 || bottom <= top) {
    return [0, 0];
  }
  // The first row whose end lies past `top`.
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle + 1] ?? 0) > top) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  let end = low;
  while (end < count && (offsets[end] ?? 0) < bottom) {
    end += 1;
  }
  return [low, end];
}
