import { Button, Dialog, ErrorBanner } from "../components";
import { openPlan, usePlanProblem } from "./openPlan";

/** A plan file that could not be opened, and what to do about it. */
export function PlanProblem() {
  const error = usePlanProblem((state) => state.error);
  const close = () => usePlanProblem.setState({ error: null });
  if (error === null) {
    return null;
  }
  return (
    <Dialog
      title="The plan was not opened"
      isOpen
      onClose={close}
      width="m"
      actions={
        <>
          <Button onPress={close}>Close</Button>
          <Button
            variant="primary"
            onPress={() => {
              close();
              openPlan();
            }}
          >
            Open another
          </Button>
        </>
      }
    >
      <ErrorBanner title="Nothing has been staged or sent." error={error} />
    </Dialog>
  );
}
