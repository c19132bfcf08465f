export { locale } from "./locale";
export { money } from "./money";
export { counted, number, people, percent, rate } from "./number";
export { ago, date, day, duration, exactly, left, timeOfDay } from "./time";
