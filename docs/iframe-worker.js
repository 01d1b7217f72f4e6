// Opened from a disk (file:), a page may not start workers, and the search of this book runs in one. Here a hidden frame
// takes the worker's place: messages pass both ways as they would with a worker.
if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      const waiting = []
      this.postMessage = data => waiting.push(data)
      this.terminate = () => frame.remove()
      window.addEventListener("load", () => {
        document.body.append(frame)
        const inside = frame.contentWindow
        inside.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }))
        const script = inside.document.createElement("script")
        script.src = new URL(url, location.href).href
        script.onload = () => {
          this.postMessage = data => inside.dispatchEvent(new MessageEvent("message", { data }))
          waiting.forEach(this.postMessage)
        }
        inside.document.body.append(script)
      })
    }
  }
}
