/** "3 y 9 m", "5 m", "12 days"; null for what is no date or still to come. */
export function since(date: string, today: Date): string | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (!parts) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  let months = (today.getFullYear() - year) * 12 + (today.getMonth() + 1 - month);
  if (today.getDate() < day) months -= 1;
  if (months >= 12) {
    const rest = months % 12;
    return rest === 0 ? `${Math.floor(months / 12)} y` : `${Math.floor(months / 12)} y ${rest} m`;
  }
  if (months >= 1) return `${months} m`;
  const days = Math.round(
    (Date.UTC(today.getFullYear(), today.getMonth(), today.getDate()) - Date.UTC(year, month - 1, day)) /
      86_400_000,
  );
  if (days < 0) return null;
  return days === 1 ? "1 day" : `${days} days`;
}
