import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHtml, parseTsv, printHtml, printTsv, readClipboard, squareBlock } from "./clipboard";

const fields = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("a", '"', "\t", "\n", "\r\n", " ", ",", "é", "阮"), maxLength: 8 }),
);
const blocks = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(fields, { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  );

const parser = new DOMParser();

describe("tab-separated text", () => {
  test("what is copied is what is pasted, whatever the cells hold", () => {
    fc.assert(
      fc.property(blocks, (block) => {
        expect(parseTsv(printTsv(block))).toEqual(block);
      }),
    );
  });

  test("Excel's: lines end with CR LF, the last one too, and cells with line breaks are quoted", () => {
    expect(parseTsv('Ruiz, Ana\tSales\r\n"two\nlines"\t"say ""hello"""\r\n')).toEqual([
      ["Ruiz, Ana", "Sales"],
      ["two\nlines", 'say "hello"'],
    ]);
  });

  test("LibreOffice's: lines end with LF and the last may be open", () => {
    expect(parseTsv("a\tb\nc\td")).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  test("a quote that closes nowhere is a character like any other", () => {
    expect(parseTsv('"tall" Ana\tB')).toEqual([['"tall" Ana', "B"]]);
    expect(parseTsv('5" pipe')).toEqual([['5" pipe']]);
    expect(parseTsv('"never closed\tB')).toEqual([['"never closed', "B"]]);
  });

  test("empty cells stay: between tabs, at the end of a line and as a whole line", () => {
    expect(parseTsv("a\t\tb\t\r\n\r\nc\r\n")).toEqual([["a", "", "b", ""], [""], ["c"]]);
  });

  test("one value goes without a line break, so that it pastes into a text field as itself", () => {
    expect(printTsv([["Ruiz, Ana"]])).toBe("Ruiz, Ana");
  });

  test("reading never fails", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', "\t", "\n", "\r", "x"), maxLength: 30 }), (text) => {
        const block = parseTsv(text);
        expect(block.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe("HTML tables", () => {
  // HTML has no form feeds or other control characters, folds line ends and has one kind of blank.
  const inHtml = (field: string) => field.replace(/\r\n|\r/g, "\n").replaceAll("\u00A0", " ");
  const printable = blocks.filter((block) =>
    block.every((row) => row.every((field) => !/[\p{Cc}\p{Cs}]/u.test(field.replace(/[\t\r\n]/g, "")))),
  );

  test("what is copied is what is pasted", () => {
    fc.assert(
      fc.property(printable, (block) => {
        expect(parseHtml(printHtml(block), parser)).toEqual(block.map((row) => row.map(inHtml)));
      }),
    );
  });

  test("as Excel writes it: source lines broken and indented, breaks inside a cell, merged cells", () => {
    const html = `<html><body><!--StartFragment--><table border=0>
      <tr height=20>
        <td height=20 class=xl65>Ruiz,
  Ana</td>
        <td>two<br>
    lines</td>
      </tr>
      <tr><td colspan=2>merged</td></tr>
      <!--EndFragment--></table></body></html>`;
    expect(parseHtml(html, parser)).toEqual([
      ["Ruiz, Ana", "two\nlines"],
      ["merged", ""],
    ]);
  });

  test("as LibreOffice writes it: fonts inside cells, cells merged downwards", () => {
    const html =
      '<table><tr><td rowspan="2"><font face="Arial">A</font></td><td><b>B</b></td></tr><tr><td>C &amp; D</td></tr></table>';
    expect(parseHtml(html, parser)).toEqual([
      ["A", "B"],
      ["", "C & D"],
    ]);
  });

  test("no table, no block", () => {
    expect(parseHtml("<p>text</p>", parser)).toBeNull();
  });
});

describe("a clipboard", () => {
  test("plain text decides unless its quotes can be read two ways and a table stands beside it", () => {
    expect(readClipboard("a\tb", "<table><tr><td>x</td></tr></table>", parser)).toEqual([["a", "b"]]);
    expect(readClipboard('"a"', '<table><tr><td>"a"</td></tr></table>', parser)).toEqual([['"a"']]);
    expect(readClipboard("", "<p>nothing</p>", parser)).toBeNull();
  });

  test("rows are evened out", () => {
    expect(squareBlock([["a"], ["b", "c"]])).toEqual([
      ["a", ""],
      ["b", "c"],
    ]);
  });
});
