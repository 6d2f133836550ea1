// A test as Node's Playwright has it: it looks at the page, and sees nothing of CORS.
import { createRequire } from "node:module";

const { chromium } = createRequire(process.env.NODE_PATH + "/")("playwright-core");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  proxy: { server: process.env.CORSINSPECT_PROXY },
});
const page = await browser.newPage({ ignoreHTTPSErrors: true });
await page.goto(process.env.PAGE);
const script = eval(process.env.SCRIPT);
console.log(JSON.stringify(await page.evaluate(script, JSON.parse(process.env.CALLS))));
await browser.close();
