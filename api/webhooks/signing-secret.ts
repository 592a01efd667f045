/** The secret that signs the provider's webhooks: configured, else asked of the provider once. */
import type { ApiDeps } from '../deps.ts'

/** How long a provider that did not tell its secret is left alone. */
const ASK_AGAIN_AFTER_MS = 60_000

/** @returns a function whose answer is null while the secret is not to be had */
export function signingSecret({ config, provider, log }: ApiDeps): () => Promise<string | null> {
  const configured = config.replicate.webhookSigningSecret
  if (configured) return async () => configured
  let known: string | null = null
  let askedAt = 0
  return async () => {
    if (known || Date.now() - askedAt < ASK_AGAIN_AFTER_MS) return known
    askedAt = Date.now()
    try {
      known = await provider.webhookSecret()
    } catch (error) {
      log.warn({ err: error }, 'the provider did not tell its webhook signing secret; the token in the URL is checked')
    }
    return known
  }
}
