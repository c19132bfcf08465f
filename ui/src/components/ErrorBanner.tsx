import { Copy } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { HostError } from "../host/errors";
import { Banner } from "./Banner";
import { Button } from "./Button";

/** What did not work, what came back, and the details to copy where there are any. */
export function ErrorBanner({
  title,
  error,
  actions,
}: {
  title: string;
  error: HostError;
  actions?: ReactNode;
}) {
  const [copied, setCopied] = useState(false);
  const detail = error.detail;
  return (
    <Banner
      tone="bad"
      title={title}
      actions={
        <>
          {actions}
          {detail !== null && (
            <Button
              size="s"
              variant="quiet"
              icon={<Copy aria-hidden="true" />}
              onPress={() =>
                void navigator.clipboard.writeText(`${error.message}\n${detail}`).then(() => setCopied(true))
              }
            >
              {copied ? "Copied" : "Copy details"}
            </Button>
          )}
        </>
      }
    >
      {error.message}
    </Banner>
  );
}
