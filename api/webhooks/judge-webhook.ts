/** Tells a provider's webhook that is genuine by the secrets that sign them: those configured, else the one the provider tells. */
import { verifyWebhook, type WebhookVerdict } from '../../providers/webhook.ts'
import type { ApiDeps } from '../deps.ts'

/** How long a provider that was asked for its secret is left alone. */
const ASK_AGAIN_AFTER_MS = 60_000

type Arrived = Pick<Parameters<typeof verifyWebhook>[0], 'headers' | 'rawBody'>

/** @returns a function whose verdict is null while no secret is to be had */
export function webhookJudge(deps: ApiDeps): (arrived: Arrived) => Promise<WebhookVerdict | null> {
  const { config } = deps
  const configured = config.replicate.webhookSigningSecrets
  const secrets =
    configured.length > 0 ? { known: async () => configured, renewed: async () => configured } : asked(deps)
  return async (arrived) => {
    const verdict = judge(arrived, await secrets.known())
    // The provider may have replaced it since.
    return verdict?.ok === false ? judge(arrived, await secrets.renewed()) : verdict
  }
}

function judge(arrived: Arrived, secrets: string[]): WebhookVerdict | null {
  const verdicts = secrets.map((secret) => verifyWebhook({ ...arrived, secret, now: new Date() }))
  return verdicts.find(({ ok }) => ok) ?? verdicts[0] ?? null
}

/** What the provider tells: asked for when it is first needed, and again when what it told does not fit any more. */
function asked({ provider, log }: ApiDeps) {
  let known: string[] = []
  let askedAt = 0
  const renewed = async () => {
    if (Date.now() - askedAt < ASK_AGAIN_AFTER_MS) return known
    askedAt = Date.now()
    try {
      known = [await provider.webhookSecret()]
    } catch (error) {
      log.warn(
        { err: error },
        'the provider did not tell its webhook signing secret; the last one that it told is checked, else the token in the URL',
      )
    }
    return known
  }
  return { known: async () => (known.length > 0 ? known : renewed()), renewed }
}
