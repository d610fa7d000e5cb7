// What the driver asks of a page. An expression: an object of functions.
({
  // Elements of `selector` that can be seen and, where `text` is given, contain it.
  matching(selector, text) {
    const content = element => (element.matches('input, textarea') ? element.value : element.innerText ?? element.textContent);
    return [...document.querySelectorAll(selector)].filter(element =>
      element.checkVisibility({ visibilityProperty: true }) && (text === null || content(element).includes(text)));
  },

  visible(selector, text) {
    return () => this.matching(selector, text).length > 0;
  },

  gone(selector, text) {
    return () => this.matching(selector, text).length === 0;
  },

  // The middle of the first match, once it is enabled, stands still and nothing lies over it.
  clickable(selector, text) {
    let before = null;
    return () => {
      const element = this.matching(selector, text)[0];
      if (!element || element.matches(':disabled, [aria-disabled="true"]')) return null;
      element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
      const { left, top, width, height } = element.getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      const still = before !== null && before.x === x && before.y === y;
      before = { x, y };
      const hit = document.elementFromPoint(x, y);
      return still && hit !== null && (element.contains(hit) || hit.contains(element)) ? { x, y } : null;
    };
  },

  // Resolves to `{ value }` as soon as `condition` gives something true, or to `{ shown }` after `patience` ms.
  until(condition, patience) {
    return new Promise((resolve, reject) => {
      let over = false;
      const finish = result => {
        over = true;
        observer.disconnect();
        clearInterval(interval);
        clearTimeout(timeout);
        resolve(result);
      };
      const look = () => {
        if (over) return;
        try {
          const value = condition();
          if (value) finish({ value });
        } catch (error) {
          finish({});
          reject(error);
        }
      };
      const lookEachFrame = () => {
        look();
        if (!over) requestAnimationFrame(lookEachFrame);
      };
      const observer = new MutationObserver(look);
      const interval = setInterval(look, 250);
      const timeout = setTimeout(() => finish({ shown: document.body?.innerText?.slice(0, 4000) ?? '' }), patience);
      observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      lookEachFrame();
    });
  },
})
