//! Muster's window as a person uses it: things are found by role and name, pressed, typed into and read.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Map, Value, json};
use thirtyfour::error::WebDriverResult;
use thirtyfour::{Capabilities, Key, WebDriver, WebElement};

use super::process::{Process, command_line, runs};
use super::{PATIENCE, until};

const FIND: &str = include_str!("find.js");

/// The theme that the system asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Light,
    Dark,
}

/// Something in the page: a role, and perhaps a name and a place.
#[derive(Clone, Debug)]
pub struct Target(Value);

/// Anything with this ARIA role, given or implied by its element.
pub fn role(role: &str) -> Target {
    Target(json!({ "role": role, "name": null, "inside": null }))
}

impl Target {
    /// … whose accessible name is exactly this.
    pub fn named(mut self, name: &str) -> Target {
        self.0["name"] = json!({ "is": name });
        self
    }

    /// … whose accessible name has this in it.
    pub fn with(mut self, part: &str) -> Target {
        self.0["name"] = json!({ "has": part });
        self
    }

    /// … whose accessible name begins with this.
    pub fn starting(mut self, start: &str) -> Target {
        self.0["name"] = json!({ "starts": start });
        self
    }

    /// … whose accessible name ends with this.
    pub fn ending(mut self, end: &str) -> Target {
        self.0["name"] = json!({ "ends": end });
        self
    }

    /// … somewhere inside another.
    pub fn inside(mut self, place: Target) -> Target {
        self.0["inside"] = place.0;
        self
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}", self.0["role"].as_str().unwrap_or_default())?;
        if let Some((_, name)) = self.0["name"]
            .as_object()
            .and_then(|name| name.iter().next())
        {
            write!(to, " “{}”", name.as_str().unwrap_or_default())?;
        }
        if self.0["inside"].is_object() {
            write!(to, " in {}", Target(self.0["inside"].clone()))?;
        }
        Ok(())
    }
}

pub struct Window {
    driver: Option<WebDriver>,
    process: Process,
}

impl Window {
    pub(super) async fn open(
        mut process: Process,
        port: u16,
        native_port: u16,
        executable: &Path,
    ) -> Result<Window> {
        for port in [port, native_port] {
            until(
                "tauri-driver and its native driver to listen",
                PATIENCE,
                async || {
                    process.still_runs()?;
                    Ok(tokio::net::TcpStream::connect(("127.0.0.1", port))
                        .await
                        .ok())
                },
            )
            .await?;
        }
        let mut options = Map::new();
        options.insert(
            "tauri:options".to_owned(),
            json!({ "application": executable, "args": [] }),
        );
        let driver = WebDriver::builder(
            format!("http://127.0.0.1:{port}"),
            Capabilities::from(options),
        )
        .request_timeout(PATIENCE)
        .connect()
        .await
        .with_context(|| format!("Muster did not open a window:\n{}", process.said()))?;
        let window = Window {
            driver: Some(driver),
            process,
        };
        let drawn = until("the page to be there", PATIENCE, async || {
            let script =
                "return document.readyState === 'complete' && document.body.innerText.trim() !== ''";
            Ok((window.run(script, &[]).await? == Value::Bool(true)).then_some(()))
        })
        .await;
        if let Err(error) = drawn {
            let source = window.source().await?;
            return Err(error.context(format!("{}\n{source}", window.process.said())));
        }
        Ok(window)
    }

    fn driver(&self) -> &WebDriver {
        self.driver
            .as_ref()
            .expect("BUG: only `quit` takes the driver, and it takes the window too")
    }

    /// Everything in the page that fits the target now.
    pub async fn all(&self, target: &Target) -> Result<Vec<WebElement>> {
        Ok(self
            .driver()
            .execute(FIND, vec![target.0.clone()])
            .await?
            .elements()?)
    }

    /// The one thing that fits the target, as soon as it is there.
    pub async fn find(&self, target: &Target) -> Result<WebElement> {
        let found = until(&target.to_string(), PATIENCE, async || {
            self.one(target).await
        })
        .await;
        self.explained(found).await
    }

    /// Whether something fits the target now.
    pub async fn shows(&self, target: &Target) -> Result<bool> {
        Ok(!self.all(target).await?.is_empty())
    }

    /// Waits until nothing fits the target.
    pub async fn gone(&self, target: &Target) -> Result<()> {
        until(&format!("{target} to go"), PATIENCE, async || {
            Ok((!self.shows(target).await?).then_some(()))
        })
        .await
    }

    async fn one(&self, target: &Target) -> Result<Option<WebElement>> {
        let mut found = self.all(target).await?;
        ensure!(found.len() < 2, "{} things fit {target}", found.len());
        Ok(found.pop())
    }

    /// Waits until it can be pressed.
    pub async fn until_enabled(&self, target: &Target) -> Result<()> {
        self.act(target, async |_| Ok(())).await
    }

    /// Presses it with the pointer, as soon as it is there and enabled.
    pub async fn press(&self, target: &Target) -> Result<()> {
        self.act(target, async |element| element.click().await)
            .await
    }

    /// Asks for its menu. By an event of its own: the driver keeps the other button of the mouse down for ever, and
    /// while one button is down the next is no new press.
    pub async fn press_for_menu(&self, target: &Target) -> Result<()> {
        let script = "
            const { left, top, width, height } = arguments[0].getBoundingClientRect();
            arguments[0].dispatchEvent(new MouseEvent('contextmenu', {
              bubbles: true, cancelable: true, button: 2, clientX: left + width / 2, clientY: top + height / 2,
            }));";
        let element = self.find(target).await?;
        self.run(script, &[element.to_json()?]).await?;
        Ok(())
    }

    /// Presses it twice in quick succession.
    pub async fn press_twice(&self, target: &Target) -> Result<()> {
        self.act(target, async |element| {
            self.driver()
                .action_chain()
                .double_click_element(&element)
                .perform()
                .await
        })
        .await
    }

    /// Presses the words beside a radio button or a checkbox, which is itself out of sight.
    pub async fn press_beside(&self, target: &Target) -> Result<()> {
        // A page that draws itself anew in between makes a press fail; the next look finds the new element.
        let pressed = until(
            &format!("the words beside {target}"),
            PATIENCE,
            async || {
                let Some(element) = self.one(target).await? else {
                    return Ok(None);
                };
                let script = "return arguments[0].closest('label')";
                let words = self.run_for_element(script, &[element.to_json()?]).await?;
                words.click().await?;
                Ok(Some(()))
            },
        )
        .await;
        self.explained(pressed).await
    }

    /// Presses an element while a key is held.
    pub async fn click_with(&self, held: Key, element: &WebElement) -> Result<()> {
        let chain = self.driver().action_chain();
        Ok(chain
            .key_down(held.clone())
            .click_element(element)
            .key_up(held)
            .perform()
            .await?)
    }

    /// Replaces the text in a field.
    pub async fn fill(&self, target: &Target, text: &str) -> Result<()> {
        self.act(target, async |element| {
            element.click().await?;
            element.send_keys(Key::Control + "a").await?;
            element.send_keys(text).await
        })
        .await
    }

    async fn act(
        &self,
        target: &Target,
        act: impl AsyncFn(WebElement) -> WebDriverResult<()>,
    ) -> Result<()> {
        let done = until(&format!("{target} to be ready"), PATIENCE, async || {
            let Some(element) = self.one(target).await? else {
                return Ok(None);
            };
            if !element.is_enabled().await? {
                return Err(anyhow!("{target} is disabled"));
            }
            // A page that draws itself anew in between makes this fail; the next look finds the new element.
            act(element).await?;
            Ok(Some(()))
        })
        .await;
        self.explained(done).await
    }

    /// Types into whatever has the focus.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        Ok(self
            .driver()
            .action_chain()
            .send_keys(text)
            .perform()
            .await?)
    }

    /// Presses one key, perhaps while others are held: `keys(&[Key::Control], "k")`.
    pub async fn keys(&self, held: &[Key], key: impl Into<char>) -> Result<()> {
        let mut chain = self.driver().action_chain();
        for modifier in held {
            chain = chain.key_down(modifier.clone());
        }
        let key = key.into();
        chain = chain.key_down(key).key_up(key);
        for modifier in held.iter().rev() {
            chain = chain.key_up(modifier.clone());
        }
        Ok(chain.perform().await?)
    }

    /// Presses one key while another is held and types on at once, faster than any page can be drawn in between.
    pub async fn keys_and_text(&self, held: Key, key: char, text: &str) -> Result<()> {
        let chain = self.driver().action_chain();
        Ok(chain
            .key_down(held.clone())
            .key_down(key)
            .key_up(key)
            .key_up(held)
            .send_keys(text)
            .perform()
            .await?)
    }

    /// Presses on one thing with the pointer and lets go on another.
    pub async fn drag(&self, from: &Target, to: &Target) -> Result<()> {
        let (from, to) = (self.find(from).await?, self.find(to).await?);
        self.drag_between(&from, &to).await
    }

    /// Presses on one element with the pointer and lets go on another.
    pub async fn drag_between(&self, from: &WebElement, to: &WebElement) -> Result<()> {
        let chain = self.driver().action_chain();
        Ok(chain
            .move_to_element_center(from)
            .click_and_hold()
            .move_to_element_center(to)
            .release()
            .perform()
            .await?)
    }

    /// Presses on a thing with the pointer and lets go so many CSS pixels to its right.
    pub async fn drag_right(&self, target: &Target, by: i64) -> Result<()> {
        let element = self.find(target).await?;
        let chain = self.driver().action_chain();
        Ok(chain
            .move_to_element_center(&element)
            .click_and_hold()
            .move_by_offset(by, 0)
            .release()
            .perform()
            .await?)
    }

    /// What the thing says, as shown.
    pub async fn text(&self, target: &Target) -> Result<String> {
        Ok(self.find(target).await?.text().await?)
    }

    /// Waits until the page says this anywhere.
    pub async fn says(&self, text: &str) -> Result<()> {
        let what = format!("the page to say “{text}”");
        let said = until(&what, PATIENCE, async || {
            Ok(self.page_text().await?.contains(text).then_some(()))
        })
        .await;
        self.explained(said).await
    }

    /// A failure, with what the page said meanwhile.
    async fn explained<T>(&self, result: Result<T>) -> Result<T> {
        match result {
            Ok(found) => Ok(found),
            Err(error) => {
                Err(error.context(format!("the page said:\n{}", self.page_text().await?)))
            }
        }
    }

    /// All that the page shows, as text, with runs of white space as one space.
    pub async fn page_text(&self) -> Result<String> {
        let value = self
            .run("return document.body.innerText.replace(/\\s+/g, ' ')", &[])
            .await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the page and returns what it returns.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        Ok(self
            .driver()
            .execute(script, arguments.to_vec())
            .await?
            .json()
            .clone())
    }

    /// Runs a script that returns one element.
    pub async fn run_for_element(&self, script: &str, arguments: &[Value]) -> Result<WebElement> {
        Ok(self
            .driver()
            .execute(script, arguments.to_vec())
            .await?
            .element()?)
    }

    /// Runs a script that calls its last argument when it is done.
    pub async fn run_until_called(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        Ok(self
            .driver()
            .execute_async(script, arguments.to_vec())
            .await?
            .json()
            .clone())
    }

    /// Keeps every message that Rust sends to the page from now on: answers, errors, events and channels.
    /// All of them go through the map of callbacks that Tauri's own script keeps for debugging.
    pub async fn record_messages(&self) -> Result<()> {
        let script = "const callbacks = window.__TAURI_INTERNALS__.callbacks;
            window.recordedMessages = [];
            callbacks.get = (id) => {
              const callback = Map.prototype.get.call(callbacks, id);
              return callback && ((data) => { window.recordedMessages.push(JSON.stringify(data) ?? ''); return callback(data); });
            };";
        self.run(script, &[]).await?;
        Ok(())
    }

    /// What was recorded, as JSON texts.
    pub async fn recorded_messages(&self) -> Result<Vec<String>> {
        let recorded = self.run("return window.recordedMessages", &[]).await?;
        Ok(serde_json::from_value(recorded)?)
    }

    /// The page as it stands, as HTML, with what its fields hold.
    pub async fn source(&self) -> Result<String> {
        let script = "return document.documentElement.outerHTML + [...document.querySelectorAll('input, textarea')].map((field) => field.value).join('\\n')";
        Ok(self
            .run(script, &[])
            .await?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// Makes the page this large, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.driver().set_window_rect(0, 0, width, height).await?;
        until(
            &format!("the window to be {width}×{height}"),
            PATIENCE,
            async || {
                let size = self.run("return [innerWidth, innerHeight]", &[]).await?;
                if size == json!([width, height]) {
                    return Ok(Some(()));
                }
                Err(anyhow!("the page is {size}"))
            },
        )
        .await
    }

    /// Makes everything twice as large, with the keys that people know from their browser.
    pub async fn zoom_to_double(&self) -> Result<()> {
        let width = async || {
            let told = self.run("return innerWidth", &[]).await?;
            told.as_u64().context("a width")
        };
        let before = width().await?;
        // A fifth at a time.
        for _ in 0..5 {
            self.keys(&[Key::Control], '+').await?;
        }
        until("the page to be twice as large", PATIENCE, async || {
            Ok((width().await?.abs_diff(before / 2) < 3).then_some(()))
        })
        .await
    }

    /// Saves a picture of the page as it is once nothing moves: fonts loaded, no animation running.
    pub async fn picture(&self, path: &Path) -> Result<()> {
        until("the page to be at rest", PATIENCE, async || {
            let script = "return document.fonts.status === 'loaded' && document.getAnimations().every((a) => a.playState !== 'running')";
            Ok((self.run(script, &[]).await? == Value::Bool(true)).then_some(()))
        })
        .await?;
        // What the page has become is on the screen two frames later.
        let frames = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.run_until_called(frames, &[]).await?;
        Ok(self.driver().screenshot(path).await?)
    }

    /// The process of Muster itself, without those of its web view.
    pub fn process_id(&self) -> Result<u32> {
        let ids = self.process.descendants();
        ids.into_iter()
            .find(|id| command_line(*id).contains("/muster"))
            .context("Muster is not running any more")
    }

    /// Closes the window as a person does and waits until Muster has ended.
    pub async fn quit(self) -> Result<()> {
        self.quit_and(|| Ok(())).await
    }

    /// As [`Window::quit`], with something done in the moment between: the window is closed, and Muster has not ended.
    pub async fn quit_and<T>(mut self, at_once: impl FnOnce() -> Result<T>) -> Result<T> {
        let ids: Vec<u32> = self.process.descendants();
        let muster: Vec<u32> = ids
            .into_iter()
            .filter(|id| command_line(*id).contains("/muster"))
            .collect();
        ensure!(!muster.is_empty(), "Muster was not running any more");
        let driver = self
            .driver
            .take()
            .expect("BUG: only `quit` takes the driver, and it takes the window too");
        driver.close_window().await?;
        let done = at_once()?;
        // The session ends with its only window; what the driver answers to that does not matter.
        let _ = driver.quit().await;
        until("Muster to end", Duration::from_secs(20), async || {
            Ok((!muster.iter().any(|id| runs(*id))).then_some(()))
        })
        .await?;
        Ok(done)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Without this, thirtyfour would end the session by itself and wait for an answer that a dead driver cannot give.
        if let Some(driver) = self.driver.take() {
            let _ = driver.leak();
        }
    }
}
