import { PeopleScreen } from "../features/people";

export function App() {
  return <PeopleScreen />;
}
