import { locale } from "./locale";

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

/** "4,812" */
export function number(value: number): string {
  return whole.format(value);
}

/** "4.3%"; small shares keep a digit, so that nobody becomes 0%. */
export function percent(value: number): string {
  if (value > 0 && value < 0.1) {
    return "under 0.1%";
  }
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })}%`;
}

/** "1 person", "4,812 people" */
export function people(count: number): string {
  return counted(count, "person", "people");
}

/** "1 change", "12 changes" */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** "1,200 a second"; slow rates keep a digit. */
export function rate(perSecond: number): string {
  if (perSecond >= 10) {
    return `${number(perSecond)} a second`;
  }
  return `${perSecond.toLocaleString(locale, { maximumFractionDigits: 1 })} a second`;
}
