import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import type { Board } from "../../host";
import { Histogram } from "./Histogram";

const board = {
  connection: 1,
  policy: { days: 180 },
  piles: [
    { pile: "never_seen", people: 58, seats: 58 },
    { pile: "no_evidence", people: 96, seats: 96 },
  ],
  histogram: [
    { days: 3, people: 4000, seats: 4000 },
    { days: 185, people: 7, seats: 7 },
    { days: 300, people: 60, seats: 60 },
  ],
  brakes: [{ people: 51, label: "brake" }],
} as unknown as Board;

function Held() {
  const [days, setDays] = useState(180);
  return <Histogram board={board} days={days} onMove={setDays} />;
}

describe("the histogram", () => {
  it("is moved by keys, and says each time how many are dormant", async () => {
    render(<Held />);
    const user = userEvent.setup();
    const slider = screen.getByRole("slider", { name: /dormant/ });
    expect(slider.getAttribute("aria-valuetext")).toBe("180 days: 67 people");
    slider.focus();
    await user.keyboard("{PageUp}");
    expect(slider.getAttribute("aria-valuenow")).toBe("190");
    expect(slider.getAttribute("aria-valuetext"), "those of 185 days are out of reach").toBe(
      "190 days: 60 people",
    );
    await user.keyboard("{ArrowLeft}");
    expect(slider.getAttribute("aria-valuenow")).toBe("189");
    await user.keyboard("{Shift>}{ArrowLeft}{/Shift}");
    expect(slider.getAttribute("aria-valuenow")).toBe("179");
    await user.keyboard("{End}");
    expect(slider.getAttribute("aria-valuetext")).toBe("301 days: 0 people");
  });

  it("can be read as a table, with those no threshold reaches", () => {
    render(<Held />);
    const table = screen.getByRole("table", { name: "People by days since last seen" });
    const text = table.textContent ?? "";
    expect(text).toContain(`Never seen58`);
    expect(text).toContain(`No evidence96`);
    expect(text, "the bars' people are in it").toContain("60");
    expect(text, "and where the brake stands").toContain("Below 301 days, brake51 or more");
  });
});
