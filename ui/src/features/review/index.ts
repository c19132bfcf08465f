export { ReviewScreen } from "./ReviewScreen";
