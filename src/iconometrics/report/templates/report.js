(() => {
  const box = document.getElementById("enlarged");
  const enlarge = (shot) => {
    const from = shot.querySelector("img"), to = box.querySelector("img");
    to.src = from.src;
    to.alt = from.alt;
    to.className = shot.classList.contains("small") ? "small" : "";
    box.querySelector("p").replaceChildren(
      ...[...shot.querySelector(".id").childNodes].map((node) => node.cloneNode(true)));
    box.showModal();
  };
  document.addEventListener("click", (event) => {
    const shot = event.target.closest(".shot");
    if (shot) enlarge(shot);
    else if (event.target === box) box.close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".shot")) return;
    event.preventDefault();
    enlarge(event.target);
  });
  const links = [...document.querySelectorAll(".contents a")];
  const here = new IntersectionObserver((entries) => {
    for (const entry of entries)
      if (entry.isIntersecting)
        for (const link of links)
          link.toggleAttribute("aria-current", link.hash === "#" + entry.target.id);
  }, { rootMargin: "-10% 0px -80% 0px" });
  document.querySelectorAll(".chapter").forEach((chapter) => here.observe(chapter));
})();
