/** Passkeys (WebAuthn level 3): the server's options as JSON in, the browser's answer as JSON out. */
import { ask } from "../api/client";
import type { Session } from "./session";

export interface Passkey {
  id: string;
  name: string;
  /** When it was added, RFC 3339. */
  created: string;
}

/** Whether this browser can use passkeys at this address. */
export function passkeysPossible(): boolean {
  return (
    window.isSecureContext &&
    // A passkey belongs to a name; a bare address has none.
    !/^[\d.]+$|:/.test(window.location.hostname) &&
    typeof PublicKeyCredential === "function" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function"
  );
}

/** @throws DOMException when the person cancels or no passkey fits; ApiError when the server refuses */
export async function signInWithPasskey(): Promise<Session> {
  const asked = await ask<Options<PublicKeyCredentialRequestOptionsJSON>>("/v1/session/passkey/options", {
    method: "POST",
    json: {},
  });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(inner(asked));
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return ask<Session>("/v1/session/passkey", { method: "POST", json: { credential: found.toJSON() } });
}

/** @throws DOMException when the person cancels or the passkey is there already; ApiError when the server refuses */
export async function addPasskey(name: string): Promise<void> {
  const asked = await ask<Options<PublicKeyCredentialCreationOptionsJSON>>("/v1/passkeys/options", {
    method: "POST",
    json: {},
  });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(inner(asked));
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  await ask("/v1/passkeys", { method: "POST", json: { name, credential: made.toJSON() } });
}

type Options<Inner> = Inner | { publicKey: Inner };

function inner<Inner extends object>(options: Options<Inner>): Inner {
  return "publicKey" in options ? (options.publicKey as Inner) : (options as Inner);
}
