import { Check, Minus, Search, X } from "lucide-react";
import type { ReactNode, Ref } from "react";
import {
  Checkbox as AriaCheckbox,
  type CheckboxProps as AriaCheckboxProps,
  Radio as AriaRadio,
  RadioGroup as AriaRadioGroup,
  SearchField as AriaSearchField,
  Switch as AriaSwitch,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  Button,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
} from "react-aria-components";
import { classes } from "./classes";
import styles from "./Fields.module.css";

export interface TextFieldProps extends Omit<AriaTextFieldProps, "className" | "style" | "children"> {
  label: string;
  /** Keeps the label for screen readers only. */
  labelHidden?: boolean;
  description?: ReactNode;
  error?: string | null;
  placeholder?: string;
  multiline?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  className?: string;
  onPasteText?: (text: string) => boolean;
}

export function TextField({
  label,
  labelHidden = false,
  description,
  error,
  placeholder,
  multiline = false,
  inputRef,
  className,
  onPasteText,
  ...rest
}: TextFieldProps) {
  const box = { className: styles.input, placeholder, spellCheck: false };
  return (
    <AriaTextField
      {...rest}
      isInvalid={rest.isInvalid ?? (error !== undefined && error !== null)}
      className={classes(styles.field, className)}
    >
      <Label className={labelHidden ? "visually-hidden" : styles.label}>{label}</Label>
      {multiline ? (
        <TextArea {...box} rows={2} />
      ) : (
        <Input
          {...box}
          ref={inputRef}
          autoCapitalize="none"
          autoCorrect="off"
          onPaste={
            onPasteText &&
            ((event) => {
              if (onPasteText(event.clipboardData.getData("text"))) {
                event.preventDefault();
              }
            })
          }
        />
      )}
      {description !== undefined && (
        <Text slot="description" className={styles.description}>
          {description}
        </Text>
      )}
      <FieldError className={styles.error}>{error}</FieldError>
    </AriaTextField>
  );
}

export interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  autoFocus?: boolean;
  className?: string;
}

export function SearchField({
  label,
  value,
  onChange,
  placeholder = label,
  autoFocus,
  className,
}: SearchFieldProps) {
  return (
    <AriaSearchField
      aria-label={label}
      value={value}
      onChange={onChange}
      autoFocus={autoFocus}
      className={classes(styles.search, className)}
    >
      <Search aria-hidden="true" />
      <Input className={styles.searchInput} placeholder={placeholder} spellCheck={false} />
      {value !== "" && (
        <Button className={styles.clear} aria-label="Clear the search">
          <X aria-hidden="true" />
        </Button>
      )}
    </AriaSearchField>
  );
}

export interface CheckboxProps extends Omit<AriaCheckboxProps, "className" | "style" | "children"> {
  children?: ReactNode;
  className?: string;
}

export function Checkbox({ children, className, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} className={classes(styles.check, className)}>
      {({ isSelected, isIndeterminate }) => (
        <>
          <span className={styles.box} aria-hidden="true">
            {isIndeterminate ? <Minus /> : isSelected ? <Check /> : null}
          </span>
          {children !== undefined && <span>{children}</span>}
        </>
      )}
    </AriaCheckbox>
  );
}

export function Switch({
  children,
  isSelected,
  onChange,
  isDisabled,
}: {
  children: ReactNode;
  isSelected: boolean;
  onChange: (on: boolean) => void;
  isDisabled?: boolean;
}) {
  return (
    <AriaSwitch isSelected={isSelected} onChange={onChange} isDisabled={isDisabled} className={styles.switch}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.thumb} />
      </span>
      <span>{children}</span>
    </AriaSwitch>
  );
}

export interface RadioChoice<Value extends string> {
  value: Value;
  label: ReactNode;
  /** The name, when the label is a picture. */
  name?: string;
}

/** A few choices side by side, of which one holds. */
export function Segmented<Value extends string>({
  label,
  value,
  onChange,
  choices,
  labelHidden = false,
}: {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  choices: readonly RadioChoice<Value>[];
  labelHidden?: boolean;
}) {
  return (
    <AriaRadioGroup
      value={value}
      onChange={(chosen) => onChange(chosen as Value)}
      orientation="horizontal"
      className={styles.field}
    >
      <Label className={labelHidden ? "visually-hidden" : styles.label}>{label}</Label>
      <div className={styles.segmented}>
        {choices.map((choice) => (
          <AriaRadio
            key={choice.value}
            value={choice.value}
            aria-label={choice.name}
            className={styles.segment}
          >
            {choice.label}
          </AriaRadio>
        ))}
      </div>
    </AriaRadioGroup>
  );
}
