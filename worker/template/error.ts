/** A template that does not parse, or fails while it runs. */
export class TemplateError extends Error {
  override name = 'TemplateError'
  /** The file, as templates name it, and the offset in it. */
  readonly template: string
  readonly offset: number
  constructor(message: string, template: string, offset: number) {
    super(message)
    this.template = template
    this.offset = offset
  }
}

/** What a function says; whoever called it knows where. */
export class CallError extends Error {
  override name = 'CallError'
}
