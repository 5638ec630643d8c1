import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../access/session";
import { Popup } from "../Popup";
import { Loading } from "../states";

const ViewList = lazy(() => import("./ViewList"));

/** Addresses of a page kept under a name: open, save the present one, share, delete with a way back. */
export function SavedViews({ page }: { page: string }) {
  const { t } = useTranslation();
  const { has } = useSession();
  if (!has("figures:read")) return null;
  return (
    <Popup words={t("views.menu")}>
      {(close) => (
        <Suspense fallback={<Loading lines={2} />}>
          <ViewList page={page} close={close} />
        </Suspense>
      )}
    </Popup>
  );
}
