export { WelcomeScreen } from "./WelcomeScreen";
