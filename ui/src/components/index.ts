export { Banner, type Tone } from "./Banner";
export { Button, type ButtonProps, IconButton, type IconButtonProps } from "./Button";
export { Chip } from "./Chip";
export { CommandButton, CommandIconButton, CommandItem } from "./Commanded";
export { classes } from "./classes";
export { ErrorBanner } from "./ErrorBanner";
export {
  Checkbox,
  type CheckboxProps,
  SearchField,
  Segmented,
  Switch,
  TextField,
  type TextFieldProps,
} from "./Fields";
export { Kbd } from "./Kbd";
export { Line, LineActs, LineText, LineWaiting } from "./Line";
export { Figure, Figures, type State, StateGlyph, StatusMark, statusWord } from "./Marks";
export { MenuButton, MenuItem, MenuSection, MenuSeparator } from "./Menu";
export { Dialog, type DialogProps, PopoverButton } from "./Overlays";
export { Panel, PanelSection } from "./Panel";
export { EmptyState, ErrorState, Progress, Skeleton, useLasting } from "./States";
export { Tab, TabList, TabPanel, Tabs } from "./Tabs";
export { Tooltip } from "./Tooltip";
export { VirtualList, type VirtualListHandle } from "./VirtualList";
