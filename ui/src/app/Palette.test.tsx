import { act, fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { registerCommands } from "../commands";
import { usePeople } from "../features/people/store";
import { ALL_TICKS, NO_TICKS } from "../grid/selection";
import { useWindow } from "../state";
import { show, withHost } from "../test/host";
import { Palette } from "./Palette";
import { focusSearch, shellCommands } from "./shellCommands";

const box = () => screen.getByRole<HTMLInputElement>("combobox");
const typed = (text: string) => fireEvent.change(box(), { target: { value: text } });

beforeEach(() => {
  useWindow.setState({ connection: 1, screen: "people", search: "", paletteOpen: false });
  withHost({ connections: () => [], choose_person: () => [], directory_of: () => ({ views: [] }) });
  return registerCommands(shellCommands);
});

describe("the box at the top", () => {
  it("narrows the table as one types", () => {
    show(<Palette />);
    act(() => focusSearch(false));
    typed("ana");
    expect(useWindow.getState().search).toBe("ana");
    expect(screen.queryByRole("listbox")).toBeNull();
  });

  it("takes what is typed right after its keys for the palette, drawn or not", () => {
    show(<Palette />);
    act(() => {
      // Both before the page is drawn again, as on a busy machine.
      focusSearch(true);
      typed("dark");
    });
    expect(useWindow.getState().search, "nobody is called dark").toBe("");
    expect(box().value).toBe("dark");
    expect(screen.getByRole("option", { name: /Dark theme/ })).toBeTruthy();
  });

  it("stays the palette while the window is away", () => {
    show(<Palette />);
    act(() => focusSearch(true));
    typed("da");
    // A window that loses the keyboard says so to what has the focus, which keeps it.
    fireEvent.blur(box());
    fireEvent.focus(box());
    expect(screen.getByRole("listbox")).toBeTruthy();
    typed("dark");
    expect(useWindow.getState().search, "what is typed on coming back goes where it went before").toBe("");
    expect(screen.getByRole("option", { name: /Dark theme/ })).toBeTruthy();
  });

  it("searches for people from any screen, and everybody who was chosen before is chosen no more", async () => {
    usePeople.getState().setTicks(ALL_TICKS);
    useWindow.setState({ screen: "history" });
    show(<Palette />);
    act(() => focusSearch(true));
    typed("zoë");
    await userEvent.setup().click(screen.getByRole("option", { name: /Search people for “zoë”/ }));
    expect(useWindow.getState().screen).toBe("people");
    expect(useWindow.getState().search).toBe("zoë");
    expect(usePeople.getState().ticks, "they were everybody of another search").toBe(NO_TICKS);
  });

  it("closes when the focus goes elsewhere in the window", async () => {
    show(
      <>
        <Palette />
        <button type="button">Elsewhere</button>
      </>,
    );
    act(() => focusSearch(true));
    await userEvent.setup().click(screen.getByRole("button", { name: "Elsewhere" }));
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(useWindow.getState().paletteOpen).toBe(false);
  });
});
