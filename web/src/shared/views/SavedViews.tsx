import { Button, Popover } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../access/session";
import { Loading } from "../states";

const ViewList = lazy(() => import("./ViewList"));

/** Addresses of a page kept under a name: open, save the present one, share, delete with a way back. */
export function SavedViews({ page }: { page: string }) {
  const { t } = useTranslation();
  const { has } = useSession();
  const [open, setOpen] = useState(false);
  if (!has("figures:read")) return null;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      content={
        <Suspense fallback={<Loading lines={2} />}>
          <ViewList page={page} close={() => setOpen(false)} />
        </Suspense>
      }
    >
      <Button size="small" type="text" aria-expanded={open} aria-haspopup="dialog">
        {t("views.menu")}
      </Button>
    </Popover>
  );
}
