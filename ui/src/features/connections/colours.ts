import type { Colour } from "../../host";

export const COLOURS: readonly Colour[] = ["green", "blue", "violet", "red", "amber", "teal", "grey"];

export function colourName(colour: Colour): string {
  return colour.charAt(0).toUpperCase() + colour.slice(1);
}

/** A colour no other connection has, so that the band tells them apart; the first when all are taken. */
export function freshColour(taken: readonly Colour[]): Colour {
  return COLOURS.find((colour) => !taken.includes(colour)) ?? "green";
}
