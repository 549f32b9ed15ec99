"""Letters as Chromium draws them at 320 and 600 pixels, light and dark: nothing sticks out, everything can be read and hit."""

from base64 import b64encode

import pytest
from files_make import picture
from mail.test_frame import SIGNED, shipped, whole

pytestmark = pytest.mark.browser
LOOK = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * x + .7152 * y + .0722 * z; };
  const behind = (el) => { for (; el; el = el.parentElement) { const c = rgb(getComputedStyle(el).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const pale = [], small = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (!node.data.trim()) continue;
    const el = node.parentElement, a = light(rgb(getComputedStyle(el).color)), b = light(behind(el));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) pale.push(`${node.data.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  for (const link of document.querySelectorAll('a')) {
    const inRunningText = link.parentElement.closest('.letter p, .letter li') && !link.closest('.signature');
    if (!inRunningText && link.getBoundingClientRect().height < 24) small.push(link.textContent);
  }
  const wide = document.documentElement.scrollWidth > innerWidth ? [document.documentElement.scrollWidth] : [];
  const torn = [...document.images].filter((i) => !i.hasAttribute('alt')).map((i) => i.src);
  return {pale, small, wide, torn, painted: getComputedStyle(document.querySelector('.sheet')).backgroundColor};
}"""


def test_letters_fit_read_and_can_be_hit_on_phone_and_screen_light_and_dark(chromium):
    photo = f"data:image/jpeg;base64,{b64encode(picture(size=(168, 168))).decode()}"
    letters = [("everything ru", whole()), ("everything en", whole("en")), *shipped()]
    assert len(letters) > 30 and SIGNED.photo_url
    for width in (320, 600):
        for scheme in ("light", "dark"):
            context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page = context.new_page()
            for name, html in letters:
                page.set_content(html.replace("cid:0123abc@photo", photo).replace("https://a.example/x.png", photo))
                found = page.evaluate(LOOK)
                painted = found.pop("painted")
                assert not any(found.values()), f"{name} at {width}, {scheme}: {found}"
                assert painted == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(30, 33, 32)")
            context.close()
