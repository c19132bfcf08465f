import { locale } from "./locale";
import { number } from "./number";

/** "€8,480"; without a currency the number alone. */
export function money(amount: number, currency: string | null): string {
  if (currency === null || currency === "") return number(Math.round(amount));
  try {
    return new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      maximumFractionDigits: 0,
    }).format(amount);
  } catch {
    return `${number(Math.round(amount))} ${currency}`;
  }
}
