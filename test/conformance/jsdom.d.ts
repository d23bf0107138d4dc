/** As much of jsdom as tests use; it brings no types of its own. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string, options: { url: string });
    readonly window: { XMLHttpRequest: typeof XMLHttpRequest };
  }
}
