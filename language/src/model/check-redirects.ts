/** `redirect https` where it leads nowhere, or where nobody comes past it. */
import * as values from "../diagnostics/values.ts";
import { kindOfService } from "./check-service.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";
import type { Service } from "./service.ts";

/**
 * Warnings only: clients may be sent on to a listener of another service of the policy, and a redirect that nobody meets does no harm.
 * `context`: any; complaints go to the file of the service they are about.
 */
export function checkRedirects(context: Context, services: readonly Service[]): void {
  const answersTls = services.some((service) => service.listeners.some((listener) => listener.tls !== undefined));
  for (const service of services) {
    const { redirect, listeners } = service;
    if (redirect === undefined || listeners.length === 0 || kindOfService(service) !== "http") continue;
    const message = listeners.every((listener) => listener.tls !== undefined)
      ? "`redirect https` meets no client here: write a listener without `tls`, such as `listen 80`, or remove it"
      : answersTls ? undefined : '`redirect https` leads to where nothing of this policy answers: write a listener with `tls`, such as `listen 443 tls certificate "…" key "…"`';
    if (message !== undefined) complain({ ...context, file: redirect.origin.file }, values.redirectUnreached, redirect.origin.range, { message });
  }
}
