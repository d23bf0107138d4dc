/** As much of jsdom as tests use; it brings no types of its own. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(text: string, options?: { url?: string; contentType?: string });
    readonly window: { XMLHttpRequest: typeof XMLHttpRequest; document: Document };
  }
}
