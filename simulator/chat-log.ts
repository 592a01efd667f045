/** What x.ai's model was asked and answered, in tokens: the other bill. */

export interface Usage {
  prompt_tokens: number
  completion_tokens: number
}

export interface ChatBill extends Usage {
  /** Answered with a completion, whatever stood in it. */
  count: number
  total_usd: number
}

/** The language models that there are, with what a million tokens cost, in USD: close to what x.ai charged in late 2025. */
const MODELS: Record<string, { prompt: number; completion: number }> = {
  'grok-4-1-fast-non-reasoning': { prompt: 0.2, completion: 0.5 },
  'grok-4-1-fast-reasoning': { prompt: 0.2, completion: 0.5 },
  'grok-4-fast-non-reasoning': { prompt: 0.2, completion: 0.5 },
  'grok-4-fast-reasoning': { prompt: 0.2, completion: 0.5 },
  'grok-4-fast': { prompt: 0.2, completion: 0.5 },
  'grok-4-0709': { prompt: 3, completion: 15 },
  'grok-4': { prompt: 3, completion: 15 },
}
export const CHAT_MODELS = Object.keys(MODELS)

export class ChatLog {
  #bill: ChatBill = nothing()

  /** @param model one of CHAT_MODELS */
  note(model: string, { prompt_tokens, completion_tokens }: Usage): void {
    const { prompt = 0, completion = 0 } = MODELS[model] ?? {}
    this.#bill.count += 1
    this.#bill.prompt_tokens += prompt_tokens
    this.#bill.completion_tokens += completion_tokens
    this.#bill.total_usd += (prompt_tokens * prompt + completion_tokens * completion) / 1_000_000
  }

  bill(): ChatBill {
    return { ...this.#bill, total_usd: Math.round(this.#bill.total_usd * 1_000_000) / 1_000_000 }
  }

  clear(): void {
    this.#bill = nothing()
  }
}

const nothing = (): ChatBill => ({ count: 0, prompt_tokens: 0, completion_tokens: 0, total_usd: 0 })
