import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { PasswordForm } from "./PasswordForm";
import { useSession } from "./session";

/** The session ended in the middle of work: sign in over the page, so that nothing typed into it is lost. */
export default function SignInAgain({ done }: { done: () => void }) {
  const { t } = useTranslation();
  const { session, refresh } = useSession();
  const queries = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const entered = async () => {
    const before = session.user?.name;
    const now = await refresh();
    // Somebody else must not find what the person before was looking at.
    if (now.user?.name !== before) window.location.assign("/");
    done();
    await queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
  };

  return (
    <dialog ref={dialog} className="again" aria-labelledby="again-title" onCancel={(event) => event.preventDefault()}>
      <h2 id="again-title">{t("access.again.title")}</h2>
      <p className="soft measure-width">{t("access.again.kept")}</p>
      <PasswordForm name={session.user?.name} entered={entered} />
    </dialog>
  );
}
