//! The page: what is in `index.html`.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlFormElement, HtmlInputElement, UrlSearchParams};

#[derive(Clone)]
pub struct Page {
    document: Document,
    status: Element,
    credentials: Element,
    messages: Element,
    text: HtmlInputElement,
    form: HtmlFormElement,
    leave: Element,
}

impl Page {
    pub fn find() -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let find = |id| document.get_element_by_id(id);
        Some(Self {
            status: find("status")?,
            credentials: find("credentials")?,
            messages: find("messages")?,
            text: find("text")?.dyn_into().ok()?,
            form: find("form")?.dyn_into().ok()?,
            leave: find("leave")?,
            document,
        })
    }

    /// A parameter of the page's own URL.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let search = self.document.location()?.search().ok()?;
        UrlSearchParams::new_with_str(&search).ok()?.get(name)
    }

    pub fn set_status(&self, text: &str) {
        self.status.set_text_content(Some(text));
    }

    pub fn add_message(&self, text: &str) {
        self.add(&self.messages, "li", text);
    }

    pub fn add_credential(&self, name: &str, planned: &str, seen: &str) {
        if let Some(row) = self.add(&self.credentials, "tr", "") {
            for text in [name, planned, seen] {
                self.add(&row, "td", text);
            }
        }
    }

    pub fn form(&self) -> &HtmlFormElement {
        &self.form
    }

    pub fn leave(&self) -> &Element {
        &self.leave
    }

    /// What is typed, which is cleared.
    pub fn take_text(&self) -> String {
        let text = self.text.value();
        self.text.set_value("");
        text
    }

    fn add(&self, parent: &Element, name: &str, text: &str) -> Option<Element> {
        let element = self.document.create_element(name).ok()?;
        element.set_text_content(Some(text));
        parent.append_child(&element).ok()?;
        Some(element)
    }
}
