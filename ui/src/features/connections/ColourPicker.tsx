import { Label, Radio, RadioGroup } from "react-aria-components";
import type { Colour } from "../../host";
import styles from "./Connections.module.css";
import { COLOURS, colourName } from "./colours";

/** The colour of the band on top of the window: what tells production from a test system at a glance. */
export function ColourPicker({ value, onChange }: { value: Colour; onChange: (colour: Colour) => void }) {
  return (
    <RadioGroup
      className={styles.colours}
      orientation="horizontal"
      value={value}
      onChange={(chosen) => onChange(chosen as Colour)}
    >
      <Label className={styles.label}>Colour</Label>
      <div className={styles.swatches}>
        {COLOURS.map((colour) => (
          <Radio key={colour} value={colour} aria-label={colourName(colour)} className={styles.swatch}>
            <span style={{ background: `var(--${colour})` }} />
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
