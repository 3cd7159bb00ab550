"""A headless Chromium, driven over its pipe (--remote-debugging-pipe: the DevTools protocol, one JSON a NUL)."""
import json
import os
import shutil
import subprocess
import tempfile


class Browser:
    def __init__(self, program):
        self.folder = tempfile.mkdtemp()
        to_read, to_write = os.pipe(), os.pipe()
        # It reads from descriptor 3 and writes to 4.
        command = ('exec "$0" "$@" 3<&%d 4>&%d' % (to_read[0], to_write[1]))
        self.process = subprocess.Popen(
            ["bash", "-c", command, program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", "--remote-debugging-pipe", "--hide-scrollbars",
             "--user-data-dir=" + self.folder, "about:blank"],
            pass_fds=(to_read[0], to_write[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read[0])
        os.close(to_write[1])
        self.output, self.input = os.fdopen(to_read[1], "wb", 0), os.fdopen(to_write[0], "rb", 0)
        self.number, self.buffer, self.events, self.session = 0, b"", [], None

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self):
        while b"\0" not in self.buffer:
            data = self.input.read(1 << 16)
            if not data:
                raise EOFError("the browser has ended")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.output.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]["message"]))
                return answer["result"]
            self.events.append(answer)

    def open(self, path):
        """Loads a file in a page of its own, and waits for it."""
        self.session = None
        target = self.call("Target.createTarget", url="about:blank", newWindow=True, width=1400, height=1000)["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.call(domain + ".enable")
        self.events = []
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.read())

    def named(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]

    def value(self, expression):
        """What a JavaScript expression, or the promise that it is, comes to."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(expression[:80] + ": " + json.dumps(result["exceptionDetails"])[:500])
        return result["result"].get("value")

    def media(self, media="screen", scheme="light"):
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
            "ArrowDown": 40}

    def press(self, key):
        parameters = {"key": key, "code": key, "windowsVirtualKeyCode": self.KEYS[key]}
        if key == "Enter":
            parameters["text"] = "\r"
        self.call("Input.dispatchKeyEvent", type="keyDown", **parameters)
        self.call("Input.dispatchKeyEvent", type="keyUp", **parameters)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def point(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
